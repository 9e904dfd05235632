import { useQuery } from "@tanstack/react-query";
import type { EChartsCoreOption } from "echarts/core";
import { useCallback, useMemo } from "react";
import { useTranslation } from "react-i18next";
import { ApiError } from "@/api/errors";
import { clusteringQuery } from "@/api/queries";
import type { ClusteringChoice } from "@/api/types";
import { type ChartColors, ChartPanel, tooltipStyle } from "@/components/Chart";
import { QueryState } from "@/components/QueryState";
import { useFormat } from "@/format/useFormat";

type Candidate = ClusteringChoice["candidates"][number];

/** Why there are as many clusters as there are. */
export function ClusterChoice() {
  const query = useQuery(clusteringQuery());
  // Clusters of another origin come without this; then there is nothing to explain.
  if (query.error instanceof ApiError && query.error.status === 404) return null;
  return <QueryState query={query}>{(choice) => <ChoiceChart choice={choice} />}</QueryState>;
}

function ChoiceChart({ choice }: { choice: ClusteringChoice }) {
  const { t } = useTranslation("segments");
  const format = useFormat();
  const names = useMemo(() => ({ silhouette: t("choice.silhouette"), stability: t("choice.stability") }), [t]);
  const option = useCallback(
    (colors: ChartColors): EChartsCoreOption => {
      const line = (key: keyof typeof names, index: number, symbol: string) => ({
        type: "line" as const,
        name: names[key],
        data: choice.candidates.map((row) => row[key]),
        symbol,
        symbolSize: 9,
        lineStyle: { width: 2.2, type: index === 0 ? ("solid" as const) : ("dashed" as const) },
        itemStyle: { color: colors.series[index] },
        markLine:
          index === 0
            ? {
                silent: true,
                symbol: "none",
                data: [{ xAxis: String(choice.chosen_k) }],
                lineStyle: { color: colors.muted, type: "dashed" as const },
                label: { formatter: t("choice.chosen"), color: colors.text },
              }
            : undefined,
      });
      return {
        grid: { left: 40, right: 20, top: 48, bottom: 40 },
        legend: { left: 0, top: 0, textStyle: { color: colors.muted }, itemWidth: 22 },
        tooltip: {
          trigger: "axis",
          ...tooltipStyle(colors),
          valueFormatter: (value: number) => format.decimal(value, 3),
        },
        xAxis: {
          type: "category",
          data: choice.candidates.map((row) => String(row.k)),
          name: t("choice.k"),
          nameLocation: "middle",
          nameGap: 26,
          nameTextStyle: { color: colors.muted },
          axisLabel: { color: colors.muted },
          axisLine: { lineStyle: { color: colors.grid } },
          axisTick: { show: false },
        },
        yAxis: {
          type: "value",
          max: 1,
          min: (range: { min: number }) => Math.min(0, range.min),
          axisLabel: { color: colors.muted },
          splitLine: { lineStyle: { color: colors.grid } },
        },
        series: [line("silhouette", 0, "circle"), line("stability", 1, "rect")],
      };
    },
    [choice, format, names, t],
  );
  const columns = [
    { key: "k", header: t("choice.k"), cell: (row: Candidate) => format.number(row.k) },
    { key: "s", header: names.silhouette, end: true, cell: (row: Candidate) => format.decimal(row.silhouette, 3) },
    { key: "b", header: names.stability, end: true, cell: (row: Candidate) => format.decimal(row.stability, 3) },
    { key: "m", header: t("choice.smallest"), end: true, cell: (row: Candidate) => format.percent(row.smallest_share) },
    {
      key: "e",
      header: t("choice.verdict"),
      cell: (row: Candidate) =>
        row.k === choice.chosen_k ? t("choice.chosen") : row.eligible ? t("choice.eligible") : t("choice.tooSmall"),
    },
  ];
  const chosen = choice.candidates.find((row) => row.k === choice.chosen_k);
  const text = t("choice.text", {
    k: choice.chosen_k,
    silhouette: chosen ? format.decimal(chosen.silhouette, 3) : "–",
    stability: chosen ? format.decimal(chosen.stability, 3) : "–",
  });
  return (
    <ChartPanel
      title={t("choice.title")}
      description={text}
      label={`${t("choice.title")}: ${text}`}
      height={280}
      option={option}
      table={{ columns, rows: choice.candidates, rowKey: (row) => String(row.k) }}
    />
  );
}
