import type { SegmentSummary } from "@/api/types";

/** A rule of the RFM map: scores from and to, both inclusive. */
export interface RfmRule {
  recency: [number, number];
  /** Mean of the frequency and the monetary score, in halves from 1 to 5. */
  value: [number, number];
}

/** How far a cluster's centre lies from everybody's in one feature. */
export interface Distance {
  feature: string;
  deviations: number;
}

/** The rules of an RFM segment, as its facts give them. Facts are open JSON: what does not fit is left out. */
export function rfmRules({ facts }: Pick<SegmentSummary, "facts">): RfmRule[] {
  return list(facts, "rules").flatMap((rule) => {
    const recency = pair(rule, "recency_scores");
    const value = pair(rule, "frequency_monetary_mean");
    return recency && value ? [{ recency, value }] : [];
  });
}

/** What sets a cluster apart, the most striking feature first. */
export function distances({ facts }: Pick<SegmentSummary, "facts">): Distance[] {
  return list(facts, "distances").flatMap((entry) => {
    const { feature, standard_deviations: deviations } = entry;
    return typeof feature === "string" && typeof deviations === "number" ? [{ feature, deviations }] : [];
  });
}

function list(facts: SegmentSummary["facts"], key: string): Record<string, unknown>[] {
  const value = (facts as Record<string, unknown>)[key];
  return Array.isArray(value) ? value.filter((entry) => typeof entry === "object" && entry !== null) : [];
}

function pair(entry: Record<string, unknown>, key: string): [number, number] | null {
  const value = entry[key];
  if (!Array.isArray(value) || value.length !== 2) return null;
  const [from, to] = value;
  return typeof from === "number" && typeof to === "number" ? [from, to] : null;
}
