import { Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Quality } from "@/api/types";
import { type Column, DataTable } from "@/components/DataTable";
import { Panel } from "@/components/Panel";
import { TwoLines } from "@/components/TwoLines";
import { useFormat } from "@/format/useFormat";
import { useRuleName } from "./words";

type Rule = Quality["rules"][number];

/** Every rule, with the number of rows that it touched. */
export function Rules({ quality }: { quality: Quality }) {
  const { t } = useTranslation("quality");
  const format = useFormat();
  const words = useRuleName();
  // `rows` counts every line that arrived; it is what the others are measured against.
  const rows = quality.rules.filter((row) => row.rule !== "rows").sort((a, b) => b.rows - a.rows);
  const share = (row: Rule) => (quality.rows > 0 ? format.percent(row.rows / quality.rows, 2) : "–");
  const columns: Column<Rule>[] = [
    {
      key: "rule",
      header: t("rules.rule"),
      cell: (row) => (
        <>
          {words(row.rule).name}
          <Text component="span" size="xs" c="dimmed" fw={400} display="block">
            {words(row.rule).text}
          </Text>
        </>
      ),
    },
    { key: "rows", header: t("rules.rows"), end: true, cell: (row) => format.number(row.rows) },
    { key: "share", header: t("rules.share"), end: true, cell: share },
  ];
  return (
    <Panel title={t("rules.title")} description={t("rules.text")} flush>
      <DataTable
        caption={t("rules.title")}
        columns={columns}
        rows={rows}
        rowKey={(row) => `${row.source}/${row.rule}/${quality.rules.indexOf(row)}`}
        card={(row) => (
          <TwoLines
            title={words(row.rule).name}
            end={format.number(row.rows)}
            text={words(row.rule).text}
            note={share(row)}
          />
        )}
      />
    </Panel>
  );
}
