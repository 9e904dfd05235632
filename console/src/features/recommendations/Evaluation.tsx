import { Text, Title } from "@mantine/core";
import { IconTrophy } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { RecommendationOverview } from "@/api/types";
import { Bars } from "@/components/Bars";
import { Panel } from "@/components/Panel";
import { useModelName } from "@/components/useModelName";
import { useSentence } from "@/components/useSentence";
import { useFormat } from "@/format/useFormat";
import classes from "./Recommendations.module.css";

const measures = ["ndcg_at_10", "recall_at_10", "coverage"] as const;

/** How the models did on purchases that they had not seen, and which one serves because of that. */
export function Evaluation({ overview }: { overview: RecommendationOverview }) {
  const { t } = useTranslation("recommendations");
  const format = useFormat();
  const modelName = useModelName();
  const reason = useReason();
  const judged = Math.max(...overview.evaluation.map((row) => row.customers ?? 0), 0);
  return (
    <Panel
      title={t("evaluation.title")}
      description={judged > 0 ? t("evaluation.text", { count: judged, shown: format.number(judged) }) : undefined}
    >
      {overview.serving && (
        <div className={classes.verdict}>
          <IconTrophy size={22} aria-hidden />
          <span>
            <b>{t("evaluation.serves", { model: modelName(overview.serving) })}</b>
            {overview.reason && <> {reason(overview.reason)}</>}
          </span>
        </div>
      )}
      <div className={classes.measures}>
        {measures.map((measure) => (
          <div key={measure} className={classes.measure}>
            <Title order={3}>{t(`measure.${measure}`)}</Title>
            <Text size="sm" c="dimmed" mb={10}>
              {t(`measureText.${measure}`)}
            </Text>
            <Bars
              label={t(`measure.${measure}`)}
              bars={overview.evaluation.map((row) => ({
                key: row.kind,
                label: modelName(row.kind),
                value: row[measure] ?? 0,
                text:
                  row[measure] == null
                    ? "–"
                    : measure === "coverage"
                      ? format.percent(row[measure])
                      : format.decimal(row[measure], 4),
                color: row.serving ? "var(--chart-1)" : "var(--chart-6)",
              }))}
            />
          </div>
        ))}
      </div>
    </Panel>
  );
}

/** The reason names a model by its kind; people read its name. */
function useReason() {
  const sentence = useSentence("recommendations", "reason");
  const modelName = useModelName();
  return (reason: NonNullable<RecommendationOverview["reason"]>) => {
    const kind = reason.params?.kind;
    return sentence({
      ...reason,
      params: { ...reason.params, model: typeof kind === "string" ? modelName(kind) : "" },
    });
  };
}
