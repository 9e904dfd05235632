import { Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { CustomerFeatures } from "@/api/types";
import { Bars } from "@/components/Bars";
import { Panel } from "@/components/Panel";
import { useFormat } from "@/format/useFormat";
import classes from "./Customer.module.css";

/** What the person likes to buy, and when. */
export function HabitsPanel({ features }: { features: CustomerFeatures }) {
  const { t } = useTranslation("customers");
  const format = useFormat();
  const bars = features.favourite_categories.map(({ name, share }) => ({
    key: name,
    label: name,
    value: share,
    text: format.percent(share, 0),
  }));
  return (
    <Panel title={t("habits.title")}>
      <Text size="sm" c="dimmed" mb={8}>
        {t("habits.categories")}
      </Text>
      <Bars label={t("habits.categories")} bars={bars} max={1} />
      <Text size="sm" c="dimmed" mt="md" mb={8}>
        {t("habits.hours")}
      </Text>
      <Hours counts={features.orders_by_hour} />
    </Panel>
  );
}

/** Twenty-four bars; the sentence in the label says the same. */
function Hours({ counts }: { counts: readonly number[] }) {
  const { t } = useTranslation("customers");
  const top = Math.max(...counts, 1);
  const best = counts.indexOf(top);
  const label =
    best < 0 ? t("habits.noHours") : t("habits.busiest", { hour: `${best}:00–${best + 1}:00`, count: counts[best] });
  return (
    <>
      <div className={classes.hours} role="img" aria-label={label} title={label}>
        {counts.map((count, hour) => (
          <span
            // biome-ignore lint/suspicious/noArrayIndexKey: the place is the hour
            key={hour}
            style={{ height: `${(count / top) * 100}%` }}
            data-zero={count === 0 ? "" : undefined}
          />
        ))}
      </div>
      <div className={classes.hourAxis} aria-hidden>
        {[0, 6, 12, 18, 24].map((hour) => (
          <span key={hour}>{hour}:00</span>
        ))}
      </div>
      <Text size="sm" mt={6}>
        {label}
      </Text>
    </>
  );
}
