import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { SegmentSummary } from "@/api/types";
import { Panel } from "@/components/Panel";
import { segmentTone } from "@/components/SegmentBadge";
import { useFormat, useLocalized } from "@/format/useFormat";
import { type RfmRule, rfmRules } from "./facts";
import classes from "./Segments.module.css";

/** Where each segment lies: to the right who bought lately, at the top who buys often and much. */
export function RfmMap({ segments }: { segments: readonly SegmentSummary[] }) {
  const { t } = useTranslation("segments");
  const areas = segments.flatMap((segment) => {
    const rules = rfmRules(segment);
    const largest = rules.reduce<RfmRule | null>(
      (best, rule) => (best && area(best) >= area(rule) ? best : rule),
      null,
    );
    return rules.map((rule) => ({ segment, rule, main: rule === largest }));
  });
  if (areas.length === 0) return null;
  return (
    <Panel title={t("map.title")} description={t("map.text")}>
      <div className={classes.map}>
        <div className={classes.mapY}>{t("map.value")} →</div>
        <ul className={classes.mapGrid} aria-label={t("map.title")}>
          {areas.map(({ segment, rule, main }) => (
            <Area
              key={`${segment.slug}/${rule.recency.join()}/${rule.value.join()}`}
              segment={segment}
              rule={rule}
              main={main}
            />
          ))}
        </ul>
        <div className={classes.mapX}>{t("map.recency")} →</div>
      </div>
    </Panel>
  );
}

function Area({ segment, rule, main }: { segment: SegmentSummary; rule: RfmRule; main: boolean }) {
  const { t } = useTranslation("segments");
  const format = useFormat();
  const localized = useLocalized();
  const style = {
    gridColumn: `${rule.recency[0]} / ${rule.recency[1] + 1}`,
    // Row 1 is the mean of 5, row 9 the mean of 1, in halves.
    gridRow: `${halves(rule.value[1])} / ${halves(rule.value[0]) + 1}`,
  };
  const name = localized(segment.name);
  // A segment of two areas is one link: the second area only shows that it belongs.
  if (!main) {
    return (
      <li style={style} className={classes.area} data-tone={segmentTone(segment)} aria-hidden>
        <span className={classes.areaName}>{name}</span>
      </li>
    );
  }
  return (
    <li style={style} className={classes.area} data-tone={segmentTone(segment)}>
      <Link
        to="/segments/$slug"
        params={{ slug: segment.slug }}
        title={t("map.area", {
          name,
          customers: format.number(segment.size),
          revenue: format.percent(segment.revenue_share),
        })}
      >
        <span className={classes.areaName}>{name}</span>
        <span className={classes.areaSize}>{format.number(segment.size)}</span>
      </Link>
    </li>
  );
}

const halves = (mean: number) => (5 - mean) * 2 + 1;
const area = ({ recency, value }: RfmRule) => (recency[1] - recency[0] + 1) * (value[1] - value[0] + 0.5);
