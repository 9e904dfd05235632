import { useTranslation } from "react-i18next";
import type { Backtest } from "@/api/types";
import { type Column, DataTable } from "@/components/DataTable";
import { Panel } from "@/components/Panel";
import { TwoLines } from "@/components/TwoLines";
import { useModelName } from "@/components/useModelName";
import { useFormat } from "@/format/useFormat";

type Row = Backtest["recommendations"][number];

/** How each kind of list did on what was bought in the window. */
export function BacktestRecommenders({ backtest }: { backtest: Backtest }) {
  const { t } = useTranslation("experiments");
  const format = useFormat();
  const modelName = useModelName();
  const columns: Column<Row>[] = [
    { key: "kind", header: t("lists.model"), cell: (row) => modelName(row.kind) },
    { key: "ndcg", header: "NDCG@10", end: true, cell: (row) => format.decimal(row.ndcg_at_10, 4) },
    { key: "recall", header: "Recall@10", end: true, cell: (row) => format.decimal(row.recall_at_10, 4) },
    { key: "coverage", header: t("lists.coverage"), end: true, cell: (row) => format.percent(row.coverage) },
    { key: "customers", header: t("lists.customers"), end: true, cell: (row) => format.number(row.customers) },
  ];
  return (
    <Panel title={t("lists.title")} description={t("lists.text")} flush>
      <DataTable
        caption={t("lists.title")}
        columns={columns}
        rows={backtest.recommendations}
        rowKey={(row) => row.kind}
        card={(row) => (
          <TwoLines
            title={modelName(row.kind)}
            end={format.decimal(row.ndcg_at_10, 4)}
            text={`Recall@10 ${format.decimal(row.recall_at_10, 4)}`}
            note={`${t("lists.coverage")} ${format.percent(row.coverage)}`}
          />
        )}
      />
    </Panel>
  );
}
