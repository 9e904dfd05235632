import type { EChartsCoreOption } from "echarts/core";
import { useCallback } from "react";
import { useTranslation } from "react-i18next";
import type { Backtest } from "@/api/types";
import { type ChartColors, ChartPanel, tooltipStyle } from "@/components/Chart";
import { useFormat } from "@/format/useFormat";

type Point = Backtest["lift_curve"][number];

/** How many of those who bought the best-scored customers hold, against a random choice (the diagonal). */
export function LiftCurve({ backtest }: { backtest: Backtest }) {
  const { t } = useTranslation("experiments");
  const format = useFormat();
  const points = backtest.lift_curve;
  const option = useCallback(
    (colors: ChartColors): EChartsCoreOption => {
      const axis = (name: string) => ({
        type: "value" as const,
        min: 0,
        max: 1,
        name,
        nameLocation: "middle" as const,
        nameTextStyle: { color: colors.muted },
        axisLabel: { color: colors.muted, formatter: (value: number) => format.percent(value, 0) },
        axisLine: { lineStyle: { color: colors.grid } },
        axisTick: { show: false },
        splitLine: { lineStyle: { color: colors.grid } },
      });
      return {
        grid: { left: 62, right: 16, top: 36, bottom: 44 },
        legend: { left: 0, top: 0, textStyle: { color: colors.muted }, itemWidth: 22 },
        tooltip: {
          trigger: "axis",
          ...tooltipStyle(colors),
          formatter: (items: { seriesIndex: number; value: [number, number] }[]) => {
            const item = items.find((entry) => entry.seriesIndex === 0);
            if (!item) return "";
            const [share, captured] = item.value;
            return t("curve.point", { share: format.percent(share, 0), captured: format.percent(captured) });
          },
        },
        xAxis: { ...axis(t("curve.share")), nameGap: 28 },
        yAxis: { ...axis(t("curve.captured")), nameGap: 46 },
        series: [
          {
            type: "line",
            name: t("curve.scored"),
            showSymbol: false,
            data: [[0, 0], ...points.map((point) => [point.share, point.captured])],
            lineStyle: { width: 2.4 },
            itemStyle: { color: colors.series[0] },
            areaStyle: { opacity: 0.08 },
          },
          {
            type: "line",
            name: t("curve.random"),
            showSymbol: false,
            data: [
              [0, 0],
              [1, 1],
            ],
            lineStyle: { type: "dashed", width: 1.6 },
            itemStyle: { color: colors.series[5] },
          },
        ],
      };
    },
    [points, format, t],
  );
  const tenth = points.find((point) => point.share >= 0.0999);
  const text = tenth
    ? t("curve.text", {
        share: format.percent(tenth.share, 0),
        captured: format.percent(tenth.captured),
        lift: format.decimal(tenth.lift, 1),
      })
    : undefined;
  const columns = [
    { key: "share", header: t("curve.share"), cell: (row: Point) => format.percent(row.share, 0) },
    { key: "captured", header: t("curve.captured"), end: true, cell: (row: Point) => format.percent(row.captured) },
    { key: "lift", header: t("backtest.lift"), end: true, cell: (row: Point) => `${format.decimal(row.lift, 2)}×` },
  ];
  return (
    <ChartPanel
      title={t("curve.title")}
      description={text}
      label={`${t("curve.title")}. ${text ?? ""}`}
      height={320}
      option={option}
      table={{ columns, rows: points, rowKey: (row) => String(row.share) }}
    />
  );
}
