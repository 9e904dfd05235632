import { SegmentedControl } from "@mantine/core";
import type { EChartsCoreOption } from "echarts/core";
import { useCallback, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Overview, TrendPoint } from "@/api/types";
import { type ChartColors, ChartPanel, tooltipStyle } from "@/components/Chart";
import type { Format } from "@/format/format";
import { useFormat } from "@/format/useFormat";
import { byWeek } from "./byWeek";

type Span = "daily" | "weekly" | "monthly";

/** Revenue and orders over time: two panels that share the time axis, since two scales in one picture mislead. */
export function Trend({ overview }: { overview: Overview }) {
  const { t } = useTranslation("overview");
  const format = useFormat();
  const { currency } = overview;
  const [span, setSpan] = useState<Span>("weekly");
  const points = useMemo(
    () => (span === "monthly" ? overview.monthly : span === "daily" ? overview.daily : byWeek(overview.daily)),
    [overview, span],
  );
  const label = (date: string) => (span === "monthly" ? format.month(date) : format.date(date));
  const names = useMemo(() => ({ revenue: t("trend.netRevenue"), orders: t("trend.orders") }), [t]);
  const option = useCallback(
    (colors: ChartColors) => trendOption(points, span, currency, names, format, colors),
    [points, span, currency, names, format],
  );
  const columns = [
    { key: "date", header: t("trend.date"), cell: (row: TrendPoint) => label(row.date) },
    {
      key: "revenue",
      header: names.revenue,
      end: true,
      cell: (row: TrendPoint) => format.money(row.revenue - row.refunded, currency),
    },
    { key: "orders", header: names.orders, end: true, cell: (row: TrendPoint) => format.number(row.orders) },
  ];
  return (
    <ChartPanel
      title={t("trend.title")}
      description={
        <SegmentedControl
          size="xs"
          mt={6}
          aria-label={t("trend.span")}
          value={span}
          onChange={(value) => setSpan(value as Span)}
          data={(["daily", "weekly", "monthly"] as const).map((value) => ({ value, label: t(`trend.${value}`) }))}
        />
      }
      label={describe(points, currency, format, t("trend.title"))}
      height={360}
      option={option}
      table={{ columns, rows: points, rowKey: (row) => row.date }}
    />
  );
}

function describe(points: readonly TrendPoint[], currency: string, format: Format, title: string): string {
  const first = points[0];
  const last = points.at(-1);
  if (!first || !last) return title;
  const net = (point: TrendPoint) => format.money(point.revenue - point.refunded, currency);
  return `${title}: ${format.date(first.date)} ${net(first)} → ${format.date(last.date)} ${net(last)}`;
}

function trendOption(
  points: readonly TrendPoint[],
  span: Span,
  currency: string,
  names: { revenue: string; orders: string },
  format: Format,
  colors: ChartColors,
): EChartsCoreOption {
  const dates = points.map((point) => point.date);
  const short = span === "monthly" ? format.month : format.day;
  const axis = { type: "category" as const, data: dates, boundaryGap: false, axisTick: { show: false } };
  const value = (gridIndex: number, name: string, print: (value: number) => string) => ({
    type: "value" as const,
    gridIndex,
    name,
    nameLocation: "end" as const,
    nameTextStyle: { align: "left" as const, color: colors.muted, fontSize: 12, padding: [0, 0, 2, -44] },
    splitNumber: gridIndex === 0 ? 4 : 2,
    axisLabel: { color: colors.muted, formatter: print },
    splitLine: { lineStyle: { color: colors.grid } },
  });
  const line = (index: number, name: string, data: number[]) => ({
    type: "line" as const,
    name,
    data,
    xAxisIndex: index,
    yAxisIndex: index,
    smooth: span === "daily" ? false : 0.25,
    showSymbol: false,
    lineStyle: { width: span === "daily" ? 1.4 : 2.2 },
    itemStyle: { color: colors.series[index] },
    areaStyle: { opacity: 0.1 },
  });
  return {
    grid: [
      { left: 56, right: 14, top: 28, height: 178 },
      { left: 56, right: 14, top: 246, height: 82 },
    ],
    xAxis: [
      { ...axis, gridIndex: 0, axisLabel: { show: false }, axisLine: { lineStyle: { color: colors.grid } } },
      {
        ...axis,
        gridIndex: 1,
        axisLabel: { color: colors.muted, hideOverlap: true, formatter: (date: string) => short(date) },
        axisLine: { lineStyle: { color: colors.grid } },
      },
    ],
    yAxis: [
      value(0, names.revenue, (amount) => format.money(amount, currency, { compact: true })),
      value(1, names.orders, (count) => format.compact(count)),
    ],
    axisPointer: { link: [{ xAxisIndex: "all" }] },
    tooltip: {
      trigger: "axis",
      ...tooltipStyle(colors),
      formatter: (items: { dataIndex: number }[]) => {
        const point = points[items[0]?.dataIndex ?? 0];
        if (!point) return "";
        const date = span === "monthly" ? format.month(point.date) : format.date(point.date);
        const net = format.money(point.revenue - point.refunded, currency);
        return `<b>${date}</b><br>${names.revenue}: ${net}<br>${names.orders}: ${format.number(point.orders)}`;
      },
    },
    series: [
      line(
        0,
        names.revenue,
        points.map((point) => point.revenue - point.refunded),
      ),
      line(
        1,
        names.orders,
        points.map((point) => point.orders),
      ),
    ],
  };
}
