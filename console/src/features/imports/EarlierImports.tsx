import { Text } from "@mantine/core";
import type { UseQueryResult } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Panel } from "@/components/Panel";
import { QueryState } from "@/components/QueryState";
import { type Import, ImportTable } from "./ImportTable";

/** Everything that was imported, here or by the command line; nothing where that is nothing. */
export function EarlierImports({ query }: { query: UseQueryResult<Import[]> }) {
  const { t } = useTranslation("imports");
  if (query.data?.length === 0) return null;
  return (
    <Panel title={t("earlier.title")} description={t("earlier.text")} flush>
      <QueryState query={query} skeleton={<Text px={18}>…</Text>}>
        {(rows) => <ImportTable rows={rows} caption={t("earlier.title")} />}
      </QueryState>
    </Panel>
  );
}
