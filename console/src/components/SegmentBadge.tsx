import type { SegmentSummary } from "@/api/types";
import { useLocalized } from "@/format/useFormat";
import { StatusBadge, type Tone } from "./StatusBadge";

const tones: Record<string, Tone> = {
  "rfm-champions": "good",
  "rfm-loyal-customers": "good",
  "rfm-potential-loyalists": "info",
  "rfm-new-customers": "info",
  "rfm-promising": "info",
  "rfm-needs-attention": "warn",
  "rfm-about-to-sleep": "warn",
  "rfm-at-risk": "bad",
  "rfm-cant-lose-them": "bad",
};

/** A segment's name on its colour: how healthy an RFM segment is, violet for what an algorithm found. */
export function SegmentBadge({ segment }: { segment: Pick<SegmentSummary, "slug" | "name" | "kind"> }) {
  const localized = useLocalized();
  return <StatusBadge tone={segmentTone(segment)}>{localized(segment.name)}</StatusBadge>;
}

/** The colour that stands for a segment everywhere. */
export function segmentTone({ slug, kind }: Pick<SegmentSummary, "slug" | "kind">): Tone {
  return kind === "cluster" ? "violet" : (tones[slug] ?? "neutral");
}
