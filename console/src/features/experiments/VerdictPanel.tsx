import { Text, ThemeIcon } from "@mantine/core";
import { IconArrowDownRight, IconArrowUpRight, IconEqual } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { ExperimentDetail } from "@/api/types";
import { Panel } from "@/components/Panel";
import { useSentence } from "@/components/useSentence";
import { useFormat, useLocalized } from "@/format/useFormat";
import classes from "./Experiments.module.css";
import { useVerdict } from "./useVerdict";

/** The answer, before any table. */
export function VerdictPanel({ detail }: { detail: ExperimentDetail }) {
  const { t } = useTranslation("experiments");
  const format = useFormat();
  const localized = useLocalized();
  const sentence = useSentence("experiments", "verdict");
  const words = useVerdict(detail);
  const first = detail.metrics[0]?.comparisons[0];
  const seen = first?.significant ? (first.difference > 0 ? "up" : "down") : "none";
  const Icon = { up: IconArrowUpRight, down: IconArrowDownRight, none: IconEqual }[seen];
  const color = { up: "teal", down: "red", none: "gray" }[seen];
  const power = detail.metrics[0]?.power.filter((row) => row.per_arm != null) ?? [];
  const perArm = Math.min(...detail.arms.map((arm) => arm.n));
  const enough = power.some((row) => (row.per_arm ?? Number.POSITIVE_INFINITY) <= perArm);
  return (
    <Panel>
      <div className={classes.verdict}>
        <ThemeIcon size={46} radius="xl" variant="light" color={color}>
          <Icon size={26} aria-hidden />
        </ThemeIcon>
        <div>
          <Text c="dimmed" size="sm" fw={500}>
            {t("verdictOn", { metric: localized(detail.metrics[0]?.metric.name ?? { en: "", "zh-CN": "" }) })}
          </Text>
          <p className={classes.sentence} style={{ margin: "2px 0 0" }}>
            {sentence(words(detail.verdict))}
          </p>
          {!first?.significant && power.length > 0 && !enough && (
            <Text size="sm" c="dimmed" mt={6} maw="80ch">
              {t("tooSmall", {
                had: format.number(perArm),
                needed: format.list(
                  power.map((row) =>
                    t("neededFor", {
                      count: row.per_arm ?? 0,
                      shown: format.number(row.per_arm ?? 0),
                      effect: format.percent(row.relative_effect, 0),
                    }),
                  ),
                ),
                power: format.percent(power[0]?.power ?? 0.8, 0),
              })}
            </Text>
          )}
        </div>
      </div>
    </Panel>
  );
}
