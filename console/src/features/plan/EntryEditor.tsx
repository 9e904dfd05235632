import { Alert, Button, Group, Select, Stack, Text, Textarea, TextInput } from "@mantine/core";
import { IconDeviceFloppy, IconFlask, IconSchool } from "@tabler/icons-react";
import { type FormEvent, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { useErrorText } from "@/api/errors";
import { type PlanKey, useLearn, usePutEntry, useRemoveEntry, useTrial } from "@/api/plan";
import type { PlanEntry, PlanProposal } from "@/api/types";
import { RemoveButton } from "@/components/RemoveButton";
import { useUnsaved } from "@/components/useUnsaved";
import { useFormat } from "@/format/useFormat";
import { faultOfObject } from "../quality/jsonText";
import classes from "../quality/Quality.module.css";
import { History } from "./History";
import { TrialReport } from "./TrialReport";
import { beginning, type Mode, modes, setOutValue } from "./words";

export interface EntryEditorProps {
  planKey: PlanKey;
  entry: PlanEntry;
  proposal?: PlanProposal;
  onClose: () => void;
  onUnsaved: (unsaved: boolean) => void;
}

/** A schema to write, to try on what came, and to put into force. */
export function EntryEditor({ planKey, entry, proposal, onClose, onUnsaved }: EntryEditorProps) {
  const { t } = useTranslation("plan");
  const { t: quality } = useTranslation("quality");
  const current = entry.current;
  const schema = proposal?.schema ?? current?.schema;
  const [original] = useState(() => (schema ? setOutValue(schema) : beginning));
  const [text, setText] = useState(original);
  const [mode, setMode] = useState<Mode>(current?.mode ?? "watch");
  const [note, setNote] = useState("");
  useUnsaved(text !== original || note !== "", onUnsaved);
  const fault = useMemo(() => faultOfObject(text), [text]);
  const put = usePutEntry(onClose);
  const trial = useTrial();
  const learn = useLearn();
  const learned = learn.data?.proposals[0] ?? proposal;
  const write = (schema: string) => {
    setText(schema);
    trial.reset();
    put.reset();
  };
  const save = (event: FormEvent) => {
    event.preventDefault();
    if (fault) return;
    const change = { ...planKey, mode, schema: text, note, based_on: entry.history[0]?.version ?? 0 };
    put.mutate(change);
  };
  return (
    <form onSubmit={save} noValidate>
      <Stack gap="sm">
        {learned && <Learned proposal={learned} />}
        {learn.isSuccess && !learned && <Text size="sm">{t("nothingLearned")}</Text>}
        <Textarea
          label={t("schema")}
          description={t("schemaText")}
          error={fault && quality("editor.fault", { ...fault, problem: quality(`editor.problem.${fault.problem}`) })}
          classNames={{ input: classes.editor }}
          rows={Math.min(Math.max(text.split("\n").length + 1, 8), 18)}
          resize="vertical"
          spellCheck={false}
          lang="en"
          value={text}
          onChange={(event) => write(event.currentTarget.value)}
        />
        <Group gap="sm">
          <Button
            variant="default"
            loading={trial.isPending}
            disabled={fault !== undefined}
            leftSection={<IconFlask size={16} aria-hidden />}
            onClick={() => trial.mutate({ ...planKey, schema: text })}
          >
            {t("try")}
          </Button>
          <Button
            variant="default"
            loading={learn.isPending}
            leftSection={<IconSchool size={16} aria-hidden />}
            onClick={() =>
              learn.mutate(planKey, {
                onSuccess: ({ proposals }) => proposals[0] && write(setOutValue(proposals[0].schema)),
              })
            }
          >
            {t("learnOne")}
          </Button>
        </Group>
        <Failure error={trial.error ?? learn.error} />
        {trial.data && <TrialReport result={trial.data} />}
        <Group gap="sm" align="flex-end">
          <Select
            label={t("column.mode")}
            description={t(`modeText.${mode}`)}
            data={modes.map((name) => ({ value: name, label: t(`mode.${name}`) }))}
            value={mode}
            allowDeselect={false}
            onChange={(chosen) => setMode(modes.find((name) => name === chosen) ?? mode)}
            w={{ base: "100%", xs: 300 }}
          />
          <TextInput
            label={t("note")}
            value={note}
            maxLength={500}
            onChange={(event) => setNote(event.currentTarget.value)}
            style={{ flex: "1 1 14rem" }}
          />
        </Group>
        <Failure error={put.error} />
        <Group justify="space-between" gap="sm">
          {current ? <Remove planKey={planKey} basedOn={current.version} onRemoved={onClose} /> : <span />}
          <Button type="submit" loading={put.isPending} leftSection={<IconDeviceFloppy size={16} aria-hidden />}>
            {t(current ? "save" : "add")}
          </Button>
        </Group>
        {entry.history.length > 0 && (
          <History changes={entry.history} onTake={(schema) => write(setOutValue(schema))} />
        )}
      </Stack>
    </form>
  );
}

function Learned({ proposal }: { proposal: PlanProposal }) {
  const { t } = useTranslation("plan");
  const format = useFormat();
  return (
    <Alert color="blue" p="xs" role="status">
      {t("proposal.learned", { count: proposal.events, shown: format.number(proposal.events) })}{" "}
      {t("proposal.fail", { count: proposal.would_fail, shown: format.number(proposal.would_fail) })}
    </Alert>
  );
}

function Failure({ error }: { error: Error | null }) {
  const errorText = useErrorText();
  if (!error) return null;
  const { title, detail } = errorText(error);
  return (
    <Alert color="red" role="alert" title={title}>
      <span lang="en">{detail}</span>
    </Alert>
  );
}

interface RemoveProps {
  planKey: PlanKey;
  basedOn: number;
  onRemoved: () => void;
}

function Remove({ planKey, basedOn, onRemoved }: RemoveProps) {
  const { t } = useTranslation("plan");
  const removal = useRemoveEntry(onRemoved);
  return (
    <RemoveButton
      label={t("remove")}
      title={t("removeTitle", { event: planKey.event })}
      text={t("removeText")}
      removal={removal}
      onConfirm={() => removal.mutate({ ...planKey, based_on: basedOn })}
    />
  );
}
