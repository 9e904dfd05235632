import { Anchor } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { Overview } from "@/api/types";
import { Facts } from "@/components/Facts";
import { Panel } from "@/components/Panel";
import { StatusBadge } from "@/components/StatusBadge";
import { useFormat } from "@/format/useFormat";

/** Where the data come from, and how much of them could be used. */
export function LastImport({ overview }: { overview: Overview }) {
  const { t } = useTranslation("overview");
  const format = useFormat();
  const last = overview.last_import;
  if (!last) return null;
  const facts = [
    { label: t("import.file"), value: last.file },
    { label: t("import.rows"), value: format.number(last.rows) },
    { label: t("import.events"), value: format.number(last.events) },
    { label: t("import.rejected"), value: format.number(last.rejected) },
    { label: t("import.campaigns"), value: format.number(overview.campaigns) },
  ];
  return (
    <Panel
      title={t("import.title")}
      description={last.source}
      actions={
        <StatusBadge tone={last.complete ? "good" : "warn"} dot>
          {last.complete ? t("import.complete") : t("import.incomplete")}
        </StatusBadge>
      }
    >
      <Facts facts={facts} />
      <Anchor size="sm" mt="sm" display="inline-block" renderRoot={(props) => <Link to="/quality" {...props} />}>
        {t("import.link")}
      </Anchor>
    </Panel>
  );
}
