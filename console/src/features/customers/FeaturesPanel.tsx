import { useTranslation } from "react-i18next";
import type { CustomerFeatures } from "@/api/types";
import { Panel } from "@/components/Panel";
import { useFeatureName } from "@/components/useFeatureName";
import { useFormat } from "@/format/useFormat";
import classes from "./Customer.module.css";

/** RFM scores, and in words where the person stands among all customers. */
export function FeaturesPanel({ features }: { features: CustomerFeatures }) {
  const { t } = useTranslation("customers");
  const { t: common } = useTranslation();
  const format = useFormat();
  const name = useFeatureName();
  return (
    <Panel title={t("standing.title")} description={t("standing.text", { date: format.date(features.as_of) })}>
      {features.rfm && (
        <dl className={classes.scores}>
          {(["recency", "frequency", "monetary"] as const).map((score) => (
            <div key={score}>
              <dt>{common(`rfm.${score}`)}</dt>
              <dd>
                {features.rfm?.[score]} <small>/ 5</small>
              </dd>
            </div>
          ))}
        </dl>
      )}
      <ul className={classes.standing}>
        {features.standing.map((entry) => (
          <li key={entry.feature}>
            <span>{name(entry.feature)}</span>
            <span className={classes.scale} aria-hidden>
              <span className={classes.mark} style={{ left: `${place(entry.standardized)}%` }} />
            </span>
            <span className={classes.level}>{t(`standing.level.${entry.level}`)}</span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

/** The middle is the median; three usual distances away is the end of the scale. */
function place(standardized: number): number {
  return 50 + (Math.max(-3, Math.min(3, standardized)) / 3) * 46;
}
