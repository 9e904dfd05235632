import type { ExperimentDetail, Sentence } from "@/api/types";
import { useLocalized } from "@/format/useFormat";

/** A verdict names its metric by key; people read the metric's name. */
export function useVerdict(detail: Pick<ExperimentDetail, "metrics">): (sentence: Sentence) => Sentence {
  const localized = useLocalized();
  return (sentence) => {
    const key = sentence.params?.metric;
    const metric = detail.metrics.find((entry) => entry.metric.key === key);
    return metric ? { ...sentence, params: { ...sentence.params, metric: localized(metric.metric.name) } } : sentence;
  };
}
