import type { EChartsCoreOption } from "echarts/core";
import { useCallback, useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { SourceSummary } from "@/api/types";
import { type ChartColors, ChartPanel, tooltipStyle } from "@/components/Chart";
import type { Format } from "@/format/format";
import { useFormat } from "@/format/useFormat";

type Day = SourceSummary["days"][number];
type Names = { events: string; rejected: string };

/** Events of each of the last 30 days, and what could not be used. */
export function ActivityChart({ days }: { days: readonly Day[] }) {
  const { t } = useTranslation("sources");
  const format = useFormat();
  const names = useMemo(() => ({ events: t("chart.events"), rejected: t("chart.rejected") }), [t]);
  const option = useCallback((colors: ChartColors) => daysOption(days, names, format, colors), [days, names, format]);
  const sum = (of: "events" | "rejected") => format.number(days.reduce((total, day) => total + day[of], 0));
  const columns = [
    { key: "day", header: t("chart.day"), cell: (row: Day) => format.date(row.day) },
    { key: "events", header: names.events, end: true, cell: (row: Day) => format.number(row.events) },
    { key: "rejected", header: names.rejected, end: true, cell: (row: Day) => format.number(row.rejected) },
  ];
  return (
    <ChartPanel
      title={t("chart.title")}
      label={t("chart.label", { events: sum("events"), rejected: sum("rejected") })}
      height={240}
      option={option}
      table={{ columns, rows: days, rowKey: (row) => row.day }}
    />
  );
}

function daysOption(days: readonly Day[], names: Names, format: Format, colors: ChartColors): EChartsCoreOption {
  const line = (name: string, color: string | undefined, data: number[], filled: boolean) => ({
    type: "line" as const,
    name,
    data,
    showSymbol: false,
    lineStyle: { width: 2, type: filled ? ("solid" as const) : ("dashed" as const) },
    itemStyle: { color },
    areaStyle: filled ? { opacity: 0.1 } : undefined,
  });
  return {
    grid: { left: 52, right: 14, top: 34, bottom: 26 },
    legend: { top: 0, left: 0, icon: "roundRect", itemHeight: 4, itemWidth: 14, textStyle: { color: colors.muted } },
    xAxis: {
      type: "category" as const,
      data: days.map((day) => day.day),
      boundaryGap: false,
      axisTick: { show: false },
      axisLine: { lineStyle: { color: colors.grid } },
      axisLabel: { color: colors.muted, hideOverlap: true, formatter: (day: string) => format.day(day) },
    },
    yAxis: {
      type: "value" as const,
      minInterval: 1,
      splitNumber: 3,
      axisLabel: { color: colors.muted, formatter: (count: number) => format.compact(count) },
      splitLine: { lineStyle: { color: colors.grid } },
    },
    tooltip: {
      trigger: "axis",
      ...tooltipStyle(colors),
      formatter: (items: { dataIndex: number }[]) => {
        const day = days[items[0]?.dataIndex ?? 0];
        if (!day) return "";
        const of = (name: string, count: number) => `<br>${name}: ${format.number(count)}`;
        return `<b>${format.date(day.day)}</b>${of(names.events, day.events)}${of(names.rejected, day.rejected)}`;
      },
    },
    series: [
      line(
        names.events,
        colors.series[0],
        days.map((day) => day.events),
        true,
      ),
      line(
        names.rejected,
        colors.series[4],
        days.map((day) => day.rejected),
        false,
      ),
    ],
  };
}
