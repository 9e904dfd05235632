import { useTranslation } from "react-i18next";
import type { ExperimentDetail } from "@/api/types";
import { type Column, DataTable } from "@/components/DataTable";
import { Panel } from "@/components/Panel";
import { TwoLines } from "@/components/TwoLines";
import { useFormat } from "@/format/useFormat";

type Row = ExperimentDetail["roi"][number];

/** What the messages returned for what they cost. */
export function RoiPanel({ detail }: { detail: ExperimentDetail }) {
  const { t } = useTranslation("experiments");
  const format = useFormat();
  const { currency } = detail.experiment;
  const money = (amount: number) => format.money(amount, currency);
  const range = (low: string, high: string) => t("between", { low, high });
  const roi = (value: number | null | undefined) => (value == null ? "–" : format.signedPercent(value, 0));
  const columns: Column<Row>[] = [
    { key: "arm", header: t("arm.name"), cell: (row) => row.arm },
    { key: "cost", header: t("roi.cost"), end: true, cell: (row) => money(row.cost) },
    {
      key: "revenue",
      header: t("roi.revenue"),
      end: true,
      cell: (row) => (
        <>
          <b>{money(row.incremental_revenue)}</b>
          <br />
          <small>{range(money(row.incremental_revenue_low), money(row.incremental_revenue_high))}</small>
        </>
      ),
    },
    {
      key: "roi",
      header: t("roi.roi"),
      end: true,
      cell: (row) => (
        <>
          <b>{roi(row.roi)}</b>
          <br />
          <small>{range(roi(row.roi_low), roi(row.roi_high))}</small>
        </>
      ),
    },
  ];
  return (
    <Panel title={t("roi.title")} description={t("roi.text")} flush>
      <DataTable
        caption={t("roi.title")}
        columns={columns}
        rows={detail.roi}
        rowKey={(row) => `${row.arm}/${row.metric}`}
        card={(row) => (
          <TwoLines
            title={row.arm}
            end={roi(row.roi)}
            text={`${t("roi.cost")} ${money(row.cost)}`}
            note={`${t("roi.revenue")} ${money(row.incremental_revenue)}`}
          />
        )}
      />
    </Panel>
  );
}
