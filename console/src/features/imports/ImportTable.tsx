import { Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { components } from "@/api/schema";
import { type Column, DataTable } from "@/components/DataTable";
import { StatusBadge } from "@/components/StatusBadge";
import { TwoLines } from "@/components/TwoLines";
import { useFormat } from "@/format/useFormat";

export type Import = components["schemas"]["Import"];

/** Files that were imported, and what came of each. */
export function ImportTable({ rows, caption }: { rows: readonly Import[]; caption: string }) {
  const { t } = useTranslation("imports");
  const format = useFormat();
  const status = (row: Import) => (
    <StatusBadge tone={row.complete ? "good" : "warn"} dot>
      {t(row.complete ? "earlier.complete" : "earlier.incomplete")}
    </StatusBadge>
  );
  const file = (row: Import) => (
    <>
      {row.file}
      <Text component="span" size="xs" c="dimmed" fw={400} display="block">
        {row.source}
      </Text>
    </>
  );
  const columns: Column<Import>[] = [
    { key: "file", header: t("earlier.file"), cell: file },
    { key: "rows", header: t("earlier.rows"), end: true, cell: (row) => format.number(row.rows) },
    { key: "events", header: t("earlier.events"), end: true, cell: (row) => format.number(row.events) },
    { key: "rejected", header: t("earlier.rejected"), end: true, cell: (row) => format.number(row.rejected) },
    { key: "status", header: t("earlier.status"), end: true, cell: status },
  ];
  return (
    <DataTable
      caption={caption}
      columns={columns}
      rows={rows}
      rowKey={(row) => row.id}
      card={(row) => (
        <TwoLines
          title={row.file}
          end={status(row)}
          text={row.source}
          note={t("earlier.rowsCount", { count: row.rows, shown: format.number(row.rows) })}
        />
      )}
    />
  );
}
