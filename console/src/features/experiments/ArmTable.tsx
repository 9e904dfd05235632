import { Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { ArmComparison, ExperimentDetail, MetricResult } from "@/api/types";
import { type Column, DataTable } from "@/components/DataTable";
import { IntervalPlot, sharedScale } from "@/components/IntervalPlot";
import { Panel } from "@/components/Panel";
import { StatusBadge } from "@/components/StatusBadge";
import { useFormat } from "@/format/useFormat";
import classes from "./Experiments.module.css";
import { useMetricFormat } from "./useMetricFormat";

type Row = MetricResult["arms"][number] & { comparison?: ArmComparison };

/** Each arm by itself, and against the control with the interval drawn. */
export function ArmTable({ detail, result }: { detail: ExperimentDetail; result: MetricResult }) {
  const { t } = useTranslation("experiments");
  const format = useFormat();
  const print = useMetricFormat(result.metric, detail.experiment.currency);
  const rows: Row[] = result.arms.map((arm) => ({
    ...arm,
    comparison: result.comparisons.find((entry) => entry.arm === arm.arm),
  }));
  const lifts = result.comparisons.flatMap((entry) =>
    entry.lift_low != null && entry.lift_high != null ? [{ low: entry.lift_low, high: entry.lift_high }] : [],
  );
  const scale = sharedScale(lifts);
  const rate = result.metric.kind === "rate";
  const name = (row: Row) => (
    <span className={classes.armName}>
      {row.arm}
      {!row.comparison && <StatusBadge>{t("control")}</StatusBadge>}
    </span>
  );
  const columns: Column<Row>[] = [
    { key: "arm", header: t("arm.name"), cell: name },
    { key: "n", header: t("arm.people"), end: true, cell: (row) => format.number(row.n) },
    { key: "sum", header: t(rate ? "arm.events" : "arm.amount"), end: true, cell: (row) => print.sum(row.sum) },
    {
      key: "mean",
      header: t(rate ? "arm.rate" : "arm.perPerson"),
      end: true,
      cell: (row) => (
        <>
          <b>{print.mean(row.mean)}</b>
          <Text component="span" display="block" size="xs" c="dimmed">
            {t("between", { low: print.mean(row.low), high: print.mean(row.high) })}
          </Text>
        </>
      ),
    },
    { key: "lift", header: t("arm.lift"), end: true, cell: (row) => <Lift comparison={row.comparison} /> },
    {
      key: "plot",
      header: t("arm.interval"),
      width: "26%",
      cell: (row) => row.comparison && <Plot comparison={row.comparison} scale={scale} />,
    },
    { key: "p", header: t("arm.pValue"), end: true, cell: (row) => <PValue comparison={row.comparison} /> },
  ];
  return (
    <Panel
      title={t("arm.title")}
      description={t("arm.text", {
        confidence: format.percent(detail.confidence, 0),
        control: detail.experiment.control,
      })}
      flush
    >
      <DataTable
        caption={t("arm.title")}
        columns={columns}
        rows={rows}
        rowKey={(row) => row.arm}
        card={(row) => (
          <div style={{ display: "grid", gap: 6, fontSize: 14 }}>
            <div style={{ display: "flex", justifyContent: "space-between", gap: 12 }}>
              {name(row)}
              <b className="bw-numbers">{print.mean(row.mean)}</b>
            </div>
            <Text size="xs" c="dimmed">
              {t("arm.of", { sum: print.sum(row.sum), n: format.number(row.n) })} ·{" "}
              {t("between", { low: print.mean(row.low), high: print.mean(row.high) })}
            </Text>
            {row.comparison && (
              <>
                <Plot comparison={row.comparison} scale={scale} />
                <div style={{ display: "flex", justifyContent: "space-between", gap: 12 }}>
                  <Lift comparison={row.comparison} />
                  <span>
                    p = <PValue comparison={row.comparison} />
                  </span>
                </div>
              </>
            )}
          </div>
        )}
      />
    </Panel>
  );
}

export function Lift({ comparison }: { comparison?: ArmComparison }) {
  const { t } = useTranslation("experiments");
  const format = useFormat();
  if (!comparison) return <Text c="dimmed">–</Text>;
  if (comparison.lift == null) return <Text c="dimmed">{t("noLift")}</Text>;
  return (
    <>
      <b className="bw-numbers">{format.signedPercent(comparison.lift)}</b>
      {comparison.lift_low != null && comparison.lift_high != null && (
        <Text component="span" display="block" size="xs" c="dimmed" className="bw-numbers">
          {t("between", {
            low: format.signedPercent(comparison.lift_low),
            high: format.signedPercent(comparison.lift_high),
          })}
        </Text>
      )}
    </>
  );
}

export function Plot({ comparison, scale }: { comparison: ArmComparison; scale: { from: number; to: number } }) {
  const { t } = useTranslation("experiments");
  const format = useFormat();
  const { lift, lift_low, lift_high } = comparison;
  if (lift == null || lift_low == null || lift_high == null) return <Text c="dimmed">–</Text>;
  return (
    <>
      <IntervalPlot
        low={lift_low}
        estimate={lift}
        high={lift_high}
        {...scale}
        label={t("plotLabel", {
          arm: comparison.arm,
          lift: format.signedPercent(lift),
          low: format.signedPercent(lift_low),
          high: format.signedPercent(lift_high),
        })}
      />
      <span className={classes.scale} aria-hidden>
        <span>{format.signedPercent(scale.from, 0)}</span>
        <span>0</span>
        <span>{format.signedPercent(scale.to, 0)}</span>
      </span>
    </>
  );
}

export function PValue({ comparison }: { comparison?: ArmComparison }) {
  const format = useFormat();
  if (comparison?.p_value == null) return <>–</>;
  return (
    <span className="bw-numbers">
      {comparison.p_value < 0.0001 ? "< 0.0001" : format.decimal(comparison.p_value, 4)}
    </span>
  );
}
