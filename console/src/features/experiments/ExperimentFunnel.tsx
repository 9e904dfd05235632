import { Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { ExperimentDetail } from "@/api/types";
import { Funnel } from "@/components/Funnel";
import { Panel } from "@/components/Panel";
import { useLocalized } from "@/format/useFormat";
import classes from "./Experiments.module.css";

/** How far the people of each arm came. */
export function ExperimentFunnel({ detail }: { detail: ExperimentDetail }) {
  const { t } = useTranslation("experiments");
  const localized = useLocalized();
  const label = (step: string) => {
    if (step === "exposed") return t("funnel.exposed");
    const metric = detail.metrics.find((entry) => entry.metric.key === step);
    return metric ? localized(metric.metric.name) : step;
  };
  return (
    <Panel title={t("funnel.title")} className={detail.roi.length === 0 ? classes.whole : undefined}>
      <div className={classes.funnels}>
        {detail.arms.map(({ arm }) => (
          <div key={arm}>
            <Text fw={600} size="sm" mb={8}>
              {arm}
            </Text>
            <Funnel
              label={`${t("funnel.title")}: ${arm}`}
              steps={detail.funnel.map((step) => ({
                key: step.step,
                label: label(step.step),
                count: step.arms.find((entry) => entry.arm === arm)?.count ?? 0,
              }))}
            />
          </div>
        ))}
      </div>
    </Panel>
  );
}
