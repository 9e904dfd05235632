import { Select } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { type MappingPreview, readyMappingsQuery } from "@/api/imports";
import { Panel } from "@/components/Panel";
import { MappingText } from "./MappingText";

export interface MappingEditorProps {
  text: string;
  onChange: (text: string) => void;
  /** What was guessed from the file. */
  draft: string;
  problem?: MappingPreview["mapping_problem"];
}

/** The mapping as text, with ways to start, and what is wrong with it at its place. */
export function MappingEditor({ text, onChange, draft, problem }: MappingEditorProps) {
  const { t } = useTranslation("imports");
  return (
    <Panel title={t("mapping.title")} description={t("mapping.text")}>
      <StartFrom text={text} draft={draft} onChange={onChange} />
      <MappingText text={text} onChange={onChange} problem={problem} />
    </Panel>
  );
}

/** The guess, or a mapping of a system that is known by name. */
function StartFrom({ text, draft, onChange }: { text: string; draft: string; onChange: (text: string) => void }) {
  const { t, i18n } = useTranslation("imports");
  const ready = useQuery(readyMappingsQuery());
  const title = (name: string) => {
    const key = `ready.${name}`;
    return i18n.exists(key, { ns: "imports" }) ? t(key as "ready.shopify-orders") : name;
  };
  const options = [
    { value: "", label: t("mapping.guess") },
    ...(ready.data ?? []).map(({ name }) => ({ value: name, label: title(name) })),
  ];
  const textOf = (name: string) => (name === "" ? draft : ready.data?.find((one) => one.name === name)?.text);
  const chosen = options.find(({ value }) => textOf(value) === text)?.value ?? null;
  return (
    <Select
      label={t("mapping.startFrom")}
      placeholder={t("mapping.own")}
      data={options}
      value={chosen}
      searchable
      allowDeselect={false}
      onChange={(name) => {
        const next = name === null ? undefined : textOf(name);
        if (next !== undefined) onChange(next);
      }}
    />
  );
}
