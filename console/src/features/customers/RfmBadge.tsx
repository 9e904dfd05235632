import { useTranslation } from "react-i18next";
import type { RfmScores } from "@/api/types";
import classes from "./RfmBadge.module.css";

/** Three scores from 1 to 5, each on its own shade. */
export function RfmBadge({ rfm }: { rfm: RfmScores }) {
  const { t } = useTranslation("customers");
  const scores = [rfm.recency, rfm.frequency, rfm.monetary];
  return (
    <span className={classes.rfm} role="img" aria-label={t("rfmLabel", { ...rfm })} title={t("rfmLabel", { ...rfm })}>
      {scores.map((score, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the place says which score it is
        <span key={index} data-score={score}>
          {score}
        </span>
      ))}
    </span>
  );
}
