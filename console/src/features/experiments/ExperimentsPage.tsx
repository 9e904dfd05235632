import { Anchor, Group, Text, Title } from "@mantine/core";
import { IconFlask } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { experimentsQuery } from "@/api/queries";
import type { ExperimentSummary } from "@/api/types";
import { EmptyState } from "@/components/EmptyState";
import { Page } from "@/components/Page";
import { Panel } from "@/components/Panel";
import { PanelSkeleton, QueryState } from "@/components/QueryState";
import { StatusBadge } from "@/components/StatusBadge";
import { useFormat, useLocalized } from "@/format/useFormat";
import classes from "./Experiments.module.css";

/** Every randomised comparison. */
export function ExperimentsPage() {
  const { t } = useTranslation("experiments");
  const query = useQuery(experimentsQuery());
  return (
    <Page title={t("title")} subtitle={t("subtitle")}>
      <QueryState query={query} skeleton={<PanelSkeleton height={200} />}>
        {(experiments) =>
          experiments.length === 0 ? (
            <Panel>
              <EmptyState icon={IconFlask} title={t("empty.title")} text={t("empty.text")} />
            </Panel>
          ) : (
            <ul className={classes.list}>
              {experiments.map((experiment) => (
                <Card key={experiment.id} experiment={experiment} />
              ))}
            </ul>
          )
        }
      </QueryState>
    </Page>
  );
}

function Card({ experiment }: { experiment: ExperimentSummary }) {
  const { t } = useTranslation("experiments");
  const format = useFormat();
  const localized = useLocalized();
  return (
    <li className={classes.card}>
      <Group justify="space-between" align="flex-start" gap="xs">
        <Title order={2} fz={16} fw={650}>
          <Anchor
            inherit
            c="inherit"
            renderRoot={(props) => <Link to="/experiments/$slug" params={{ slug: experiment.slug }} {...props} />}
          >
            {localized(experiment.name)}
          </Anchor>
        </Title>
        <StatusBadge tone="brand">{t(`kind.${experiment.kind}`)}</StatusBadge>
      </Group>
      <Text size="sm" c="dimmed" mt={4} maw="90ch">
        {localized(experiment.description)}
      </Text>
      <Text size="sm" mt={8}>
        {t("card", {
          metrics: format.list(experiment.metrics.map((metric) => localized(metric.name))),
          control: experiment.control,
          date: format.date(experiment.ended_at),
        })}
      </Text>
    </li>
  );
}
