import { Alert, Button, Group, Stack, Textarea } from "@mantine/core";
import { IconRestore, IconSend } from "@tabler/icons-react";
import { type FormEvent, type ReactNode, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useErrorText } from "@/api/errors";
import { useReplayReject } from "@/api/quarantine";
import type { RejectRow } from "@/api/types";
import { useUnsaved } from "@/components/useUnsaved";
import { faultOfObject, setOut } from "./jsonText";
import classes from "./Quality.module.css";

export interface EventEditorProps {
  row: RejectRow;
  onSent: () => void;
  onUnsaved: (unsaved: boolean) => void;
  /** What stands beside the way to send it. */
  remove: ReactNode;
}

/** The event to mend, and the way to send it again. What cannot be read is said with its line and column. */
export function EventEditor({ row, onSent, onUnsaved, remove }: EventEditorProps) {
  const { t } = useTranslation("quality");
  const errorText = useErrorText();
  const original = useMemo(() => setOut(row.content), [row.content]);
  const [text, setText] = useState(original);
  useUnsaved(text !== original, onUnsaved);
  const rows = Math.min(Math.max(original.split("\n").length + 1, 8), 20);
  const field = useRef<HTMLTextAreaElement>(null);
  const replay = useReplayReject(row.id);
  const fault = useMemo(() => faultOfObject(text), [text]);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (fault) {
      pointAt(field.current, fault.line, fault.column);
      return;
    }
    replay.mutate(text === original ? undefined : text, { onSuccess: onSent });
  };
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="sm">
        <Textarea
          ref={field}
          label={t("editor.label")}
          description={t("editor.text")}
          error={fault && t("editor.fault", { ...fault, problem: t(`editor.problem.${fault.problem}`) })}
          classNames={{ input: classes.editor }}
          rows={rows}
          resize="vertical"
          spellCheck={false}
          lang="en"
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        {replay.isError && (
          <Alert color="red" role="alert" title={errorText(replay.error).title}>
            {errorText(replay.error).detail}
          </Alert>
        )}
        <Group justify="space-between" gap="sm">
          {remove}
          <Group gap="sm">
            {text !== original && (
              <Button
                variant="default"
                leftSection={<IconRestore size={16} aria-hidden />}
                onClick={() => setText(original)}
              >
                {t("editor.restore")}
              </Button>
            )}
            <Button type="submit" loading={replay.isPending} leftSection={<IconSend size={16} aria-hidden />}>
              {t(text === original ? "replay.asItCame" : "replay.mended")}
            </Button>
          </Group>
        </Group>
      </Stack>
    </form>
  );
}

/** Puts the cursor where the fault is. */
function pointAt(field: HTMLTextAreaElement | null, line: number, column: number): void {
  if (!field) return;
  const before = field.value
    .split("\n")
    .slice(0, line - 1)
    .join("\n").length;
  const at = before + (line > 1 ? 1 : 0) + column - 1;
  field.focus();
  field.setSelectionRange(at, Math.min(at + 1, field.value.length));
}
