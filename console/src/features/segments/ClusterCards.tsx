import { Anchor, Group, Text, Title } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { SegmentSummary } from "@/api/types";
import { Panel } from "@/components/Panel";
import { useFeatureName } from "@/components/useFeatureName";
import { useFormat, useLocalized } from "@/format/useFormat";
import { distances } from "./facts";
import { SharePair } from "./RfmSection";
import classes from "./Segments.module.css";

/** The groups that the algorithm found, each named by what sets it apart. */
export function ClusterCards({ segments }: { segments: readonly SegmentSummary[] }) {
  const { t } = useTranslation("segments");
  const format = useFormat();
  const localized = useLocalized();
  const rows = [...segments].sort((a, b) => b.revenue_share - a.revenue_share);
  const top = Math.max(...rows.flatMap((row) => [row.share, row.revenue_share]));
  return (
    <Panel title={t("clusters.title")} description={t("clusters.text")}>
      <ul className={classes.cards}>
        {rows.map((row) => (
          <li key={row.slug} className={classes.card}>
            <Group justify="space-between" wrap="nowrap" align="flex-start" gap="sm">
              <Title order={3} fz={15} fw={650} lh={1.35}>
                <Anchor
                  inherit
                  renderRoot={(props) => <Link to="/segments/$slug" params={{ slug: row.slug }} {...props} />}
                >
                  {localized(row.name)}
                </Anchor>
              </Title>
              <Text size="sm" c="dimmed" className="bw-numbers" style={{ whiteSpace: "nowrap" }}>
                {t("customers", { count: row.size, shown: format.number(row.size) })}
              </Text>
            </Group>
            <Distances segment={row} />
            <SharePair customers={row.share} revenue={row.revenue_share} top={top} />
          </li>
        ))}
      </ul>
    </Panel>
  );
}

/** The four features that set the cluster apart most, in standard deviations from everybody's mean. */
function Distances({ segment }: { segment: SegmentSummary }) {
  const { t } = useTranslation("segments");
  const format = useFormat();
  const name = useFeatureName();
  const localized = useLocalized();
  const rows = distances(segment).slice(0, 4);
  // The description says the same in a sentence; it stands in where the distances are not given.
  if (rows.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        {localized(segment.description)}
      </Text>
    );
  }
  return (
    <ul className={classes.distances} aria-label={t("clusters.apart")}>
      {rows.map(({ feature, deviations }) => {
        const length = Math.min(1, Math.abs(deviations) / 2) * 50;
        return (
          <li key={feature}>
            <span>{name(feature)}</span>
            <span className={classes.diverging} aria-hidden>
              <span style={{ width: `${length}%`, left: `${deviations < 0 ? 50 - length : 50}%` }} />
            </span>
            <span className="bw-numbers" style={{ textAlign: "end" }} title={t("clusters.deviations")}>
              {deviations > 0 ? "+" : ""}
              {format.decimal(deviations, 1)}
            </span>
          </li>
        );
      })}
    </ul>
  );
}
