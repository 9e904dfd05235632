import { Alert, Button, Group, NativeSelect, Text } from "@mantine/core";
import { IconWand } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { useErrorText } from "@/api/errors";
import { type HookPreview, type HookWorkbench, useChangeSource, useGuessHookMapping } from "@/api/sources";
import type { HookDetail } from "@/api/types";
import { Panel } from "@/components/Panel";
import { MappingText } from "@/features/imports/MappingText";
import { mappingState } from "./HookMapping";
import { serviceName } from "./words";

/** The mapping in use, whoever wrote it. */
export const textInUse = (hook: HookDetail) => hook.mapping ?? hook.ready_mapping ?? "";

export interface HookMappingEditorProps {
  slug: string;
  hook: HookDetail;
  /** Mappings to start from. */
  ready: HookWorkbench["mappings"];
  /** What a guess is made from. */
  delivery: string;
  text: string;
  onChange: (text: string) => void;
  problem?: HookPreview["mapping_problem"];
}

/** The mapping as text, with ways to start; in use once it is saved. */
export function HookMappingEditor({ text, problem, onChange, ...props }: HookMappingEditorProps) {
  const { t } = useTranslation("sources");
  const { slug, hook, ready, delivery } = props;
  const state = mappingState(hook);
  return (
    <Panel title={t("hook.mapping.title")} description={t("hook.mapping.live")}>
      <Text size="sm" mb="sm" role="status">
        {t(`hook.mapping.${state}`)}
      </Text>
      <StartFrom slug={slug} ready={ready} delivery={delivery} text={text} onChange={onChange} />
      <MappingText text={text} onChange={onChange} problem={problem} />
      <Save slug={slug} hook={hook} text={text} broken={Boolean(problem)} onSaved={onChange} />
    </Panel>
  );
}

type StartProps = Pick<HookMappingEditorProps, "slug" | "ready" | "delivery" | "text" | "onChange">;

/** A guess from the delivery, or the mapping of a service that is known by name. */
function StartFrom({ slug, ready, delivery, text, onChange }: StartProps) {
  const { t } = useTranslation("sources");
  const errorText = useErrorText();
  const guess = useGuessHookMapping(slug);
  const chosen = ready.find((mapping) => mapping.text === text)?.name ?? "";
  return (
    <>
      <Group gap="sm" align="flex-end">
        {ready.length > 0 && (
          <NativeSelect
            label={t("hook.start.from")}
            data={[
              { value: "", label: t("hook.start.own") },
              ...ready.map(({ name }) => ({ value: name, label: serviceName(name) })),
            ]}
            value={chosen}
            onChange={({ currentTarget: { value } }) => {
              const found = ready.find(({ name }) => name === value);
              if (found) onChange(found.text);
            }}
          />
        )}
        <Button
          variant="default"
          leftSection={<IconWand size={16} aria-hidden />}
          disabled={delivery.trim() === ""}
          loading={guess.isPending}
          onClick={() => guess.mutate(delivery, { onSuccess: ({ mapping }) => onChange(mapping) })}
        >
          {t("hook.start.guess")}
        </Button>
      </Group>
      {guess.isError && (
        <Alert mt="sm" color="red" role="alert" title={errorText(guess.error).title}>
          {errorText(guess.error).detail}
        </Alert>
      )}
    </>
  );
}

interface SaveProps {
  slug: string;
  hook: HookDetail;
  text: string;
  broken: boolean;
  onSaved: (text: string) => void;
}

function Save({ slug, hook, text, broken, onSaved }: SaveProps) {
  const { t } = useTranslation("sources");
  const errorText = useErrorText();
  const change = useChangeSource(slug);
  const save = (mapping: string) =>
    change.mutate({ hook: { mapping } }, { onSuccess: (detail) => detail.hook && onSaved(textInUse(detail.hook)) });
  return (
    <>
      {change.isError && (
        <Alert mt="sm" color="red" role="alert" title={errorText(change.error).title}>
          {errorText(change.error).detail}
        </Alert>
      )}
      <Group justify="flex-end" gap="sm" mt="sm">
        {mappingState(hook) === "own" && hook.ready_mapping && (
          <Button variant="default" disabled={change.isPending} onClick={() => save("")}>
            {t("hook.mapping.back")}
          </Button>
        )}
        <Button disabled={text === textInUse(hook) || broken} loading={change.isPending} onClick={() => save(text)}>
          {t("hook.mapping.save")}
        </Button>
      </Group>
    </>
  );
}
