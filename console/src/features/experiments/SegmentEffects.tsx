import { Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { ExperimentDetail, MetricResult } from "@/api/types";
import { type Column, DataTable } from "@/components/DataTable";
import { sharedScale } from "@/components/IntervalPlot";
import { Panel } from "@/components/Panel";
import { useFormat } from "@/format/useFormat";
import { Lift, Plot, PValue } from "./ArmTable";
import { useMetricFormat } from "./useMetricFormat";

type Row = ExperimentDetail["segments"][number];

/** The effect within parts of the people. Looking at many parts finds differences by chance; the page says so. */
export function SegmentEffects({ detail, metric }: { detail: ExperimentDetail; metric: MetricResult["metric"] }) {
  const { t } = useTranslation("experiments");
  const format = useFormat();
  const print = useMetricFormat(metric, detail.experiment.currency);
  const rows = detail.segments.filter((row) => row.metric === metric.key);
  if (rows.length === 0) return null;
  const scale = sharedScale(
    rows.flatMap(({ comparison }) =>
      comparison.lift_low != null && comparison.lift_high != null
        ? [{ low: comparison.lift_low, high: comparison.lift_high }]
        : [],
    ),
  );
  const title = (row: Row) => (
    <>
      {row.value}
      <Text component="span" size="xs" c="dimmed" fw={400} display="block">
        {row.column} · {row.comparison.arm}
      </Text>
    </>
  );
  const columns: Column<Row>[] = [
    { key: "part", header: t("segments.part"), cell: title },
    { key: "n", header: t("arm.people"), end: true, cell: (row) => format.number(row.control.n + row.treated.n) },
    { key: "control", header: t("control"), end: true, cell: (row) => print.mean(row.control.mean) },
    { key: "treated", header: t("segments.treated"), end: true, cell: (row) => print.mean(row.treated.mean) },
    { key: "lift", header: t("arm.lift"), end: true, cell: (row) => <Lift comparison={row.comparison} /> },
    {
      key: "plot",
      header: t("arm.interval"),
      width: "24%",
      cell: (row) => <Plot comparison={row.comparison} scale={scale} />,
    },
    { key: "p", header: t("arm.pValue"), end: true, cell: (row) => <PValue comparison={row.comparison} /> },
  ];
  return (
    <Panel title={t("segments.title")} description={t("segments.text")} flush>
      <DataTable
        caption={t("segments.title")}
        columns={columns}
        rows={rows}
        rowKey={(row) => `${row.column}/${row.value}/${row.comparison.arm}`}
        card={(row) => (
          <div style={{ display: "grid", gap: 6, fontSize: 14 }}>
            <div style={{ display: "flex", justifyContent: "space-between", gap: 12 }}>
              <b>{title(row)}</b>
              <span style={{ textAlign: "end" }}>
                <Lift comparison={row.comparison} />
              </span>
            </div>
            <Plot comparison={row.comparison} scale={scale} />
          </div>
        )}
      />
    </Panel>
  );
}
