import { Alert, Button, Group, Stack, Text, Textarea } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { useErrorText } from "@/api/errors";
import { useChangeSource } from "@/api/sources";
import type { HookDetail } from "@/api/types";
import { Panel } from "@/components/Panel";
import classes from "./Sources.module.css";

/** How deliveries become events: the mapping that comes with the product, or one of the source's own. */
export function HookMapping({ slug, hook }: { slug: string; hook: HookDetail }) {
  const { t } = useTranslation("sources");
  const errorText = useErrorText();
  const change = useChangeSource(slug);
  const used = hook.mapping ?? hook.ready_mapping ?? "";
  const [text, setText] = useState(used);
  const isOwn = typeof hook.mapping === "string";
  const save = (mapping: string) =>
    change.mutate(
      { hook: { mapping } },
      { onSuccess: (detail) => setText(detail.hook?.mapping ?? detail.hook?.ready_mapping ?? "") },
    );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save(text);
  };
  const state = isOwn ? "own" : hook.ready_mapping ? "ready" : "none";
  return (
    <Panel title={t("hook.mapping.title")} description={t("hook.mapping.text")}>
      <form onSubmit={submit} noValidate>
        <Stack gap="sm">
          <Text size="sm" role="status">
            {t(`hook.mapping.${state}`)}
          </Text>
          <Textarea
            label={t("hook.mapping.label")}
            classNames={{ input: classes.mapping }}
            rows={14}
            resize="vertical"
            spellCheck={false}
            lang="en"
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
          />
          {change.isError && (
            <Alert color="red" role="alert" title={errorText(change.error).title}>
              {errorText(change.error).detail}
            </Alert>
          )}
          <Group justify="flex-end" gap="sm">
            {isOwn && hook.ready_mapping && (
              <Button variant="default" disabled={change.isPending} onClick={() => save("")}>
                {t("hook.mapping.back")}
              </Button>
            )}
            <Button type="submit" variant="default" disabled={text === used} loading={change.isPending}>
              {t("hook.mapping.save")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Panel>
  );
}
