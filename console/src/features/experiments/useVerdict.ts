import { useTranslation } from "react-i18next";
import type { ExperimentDetail, Sentence } from "@/api/types";
import { useFormat, useLocalized } from "@/format/useFormat";
import { useMetricFormat } from "./useMetricFormat";

/**
 * Completes a verdict with what people read: the metric's name instead of its key, each arm's numbers, and the form
 * without a lift where the control's mean is nothing.
 */
export function useVerdict(detail: ExperimentDetail): (sentence: Sentence) => Sentence {
  const { t } = useTranslation("experiments");
  const format = useFormat();
  const localized = useLocalized();
  const first = detail.metrics[0];
  const print = useMetricFormat(first?.metric, detail.experiment.currency);
  return ({ code, params = {} }) => {
    const metric = detail.metrics.find((entry) => entry.metric.key === params.metric) ?? first;
    const key = metric?.metric.kind === "amount" ? "armAmount" : "armRate";
    const arms = (metric?.arms ?? []).map((arm) =>
      t(key, { arm: arm.arm, sum: print.sum(arm.sum), n: format.number(arm.n), mean: print.mean(arm.mean) }),
    );
    return {
      code: "lift" in params && params.lift == null ? `${code}_without_lift` : code,
      params: { ...params, metric: metric ? localized(metric.metric.name) : "", arms: format.list(arms) },
    };
  };
}
