import { Text } from "@mantine/core";
import type { UseQueryResult } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { components } from "@/api/schema";
import { type Column, DataTable } from "@/components/DataTable";
import { Panel } from "@/components/Panel";
import { QueryState } from "@/components/QueryState";
import { StatusBadge } from "@/components/StatusBadge";
import { TwoLines } from "@/components/TwoLines";
import { useFormat } from "@/format/useFormat";

type Import = components["schemas"]["Import"];

/** Everything that was imported, here or by the command line; nothing where that is nothing. */
export function EarlierImports({ query }: { query: UseQueryResult<Import[]> }) {
  const { t } = useTranslation("imports");
  const format = useFormat();
  const status = (row: Import) => (
    <StatusBadge tone={row.complete ? "good" : "warn"} dot>
      {t(row.complete ? "earlier.complete" : "earlier.incomplete")}
    </StatusBadge>
  );
  const columns: Column<Import>[] = [
    { key: "file", header: t("earlier.file"), cell: (row) => row.file },
    { key: "source", header: t("earlier.source"), cell: (row) => row.source },
    { key: "rows", header: t("earlier.rows"), end: true, cell: (row) => format.number(row.rows) },
    { key: "events", header: t("earlier.events"), end: true, cell: (row) => format.number(row.events) },
    { key: "rejected", header: t("earlier.rejected"), end: true, cell: (row) => format.number(row.rejected) },
    { key: "status", header: t("earlier.status"), end: true, cell: status },
  ];
  if (query.data?.length === 0) return null;
  return (
    <Panel title={t("earlier.title")} description={t("earlier.text")} flush>
      <QueryState query={query} skeleton={<Text px={18}>…</Text>}>
        {(rows) => (
          <DataTable
            caption={t("earlier.title")}
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
        )}
      </QueryState>
    </Panel>
  );
}
