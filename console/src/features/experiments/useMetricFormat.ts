import type { MetricResult } from "@/api/types";
import { useFormat } from "@/format/useFormat";

/** How a metric's means and sums are printed: rates as percentages, amounts as money. */
export function useMetricFormat(metric: MetricResult["metric"] | undefined, currency: string) {
  const format = useFormat();
  if (metric?.kind !== "amount") {
    return { mean: (value: number) => format.percent(value, 2), sum: (value: number) => format.number(value) };
  }
  return {
    mean: (value: number) => format.money(value, currency, { exact: true }),
    sum: (value: number) => format.money(value, currency),
  };
}
