import { Anchor, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { importsQuery } from "@/api/queries";
import type { components } from "@/api/schema";
import { type Column, DataTable } from "@/components/DataTable";
import { Panel } from "@/components/Panel";
import { QueryState } from "@/components/QueryState";
import { StatusBadge } from "@/components/StatusBadge";
import { TwoLines } from "@/components/TwoLines";
import { useFormat } from "@/format/useFormat";

type Import = components["schemas"]["Import"];

/** Every file that was imported. */
export function Imports() {
  const { t } = useTranslation("quality");
  const format = useFormat();
  const query = useQuery(importsQuery());
  const status = (row: Import) => (
    <StatusBadge tone={row.complete ? "good" : "warn"} dot>
      {t(row.complete ? "imports.complete" : "imports.incomplete")}
    </StatusBadge>
  );
  const columns: Column<Import>[] = [
    {
      key: "file",
      header: t("imports.file"),
      cell: (row) => (
        <>
          {row.file}
          <Text component="span" size="xs" c="dimmed" fw={400} display="block">
            {row.source}
          </Text>
        </>
      ),
    },
    { key: "rows", header: t("imports.rows"), end: true, cell: (row) => format.number(row.rows) },
    { key: "events", header: t("imports.events"), end: true, cell: (row) => format.number(row.events) },
    { key: "status", header: t("imports.status"), end: true, cell: status },
  ];
  return (
    <Panel title={t("imports.title")} flush>
      <QueryState query={query}>
        {(rows) =>
          rows.length === 0 ? (
            <Text size="sm" c="dimmed" px={18} pb={18}>
              {t("imports.none")}{" "}
              <Anchor renderRoot={(props) => <Link to="/imports" {...props} />}>{t("imports.link")}</Anchor>
            </Text>
          ) : (
            <DataTable
              caption={t("imports.title")}
              columns={columns}
              rows={rows}
              rowKey={(row) => row.id}
              card={(row) => (
                <TwoLines
                  title={row.file}
                  end={status(row)}
                  text={row.source}
                  note={t("imports.rowsCount", { count: row.rows, shown: format.number(row.rows) })}
                />
              )}
            />
          )
        }
      </QueryState>
    </Panel>
  );
}
