import { Stack } from "@mantine/core";
import { IconSparkles } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { recommendationsQuery } from "@/api/queries";
import type { RecommendationOverview } from "@/api/types";
import { Bars } from "@/components/Bars";
import { EmptyState } from "@/components/EmptyState";
import { Page } from "@/components/Page";
import { Panel } from "@/components/Panel";
import { PageSkeleton, QueryState } from "@/components/QueryState";
import { useFormat } from "@/format/useFormat";
import { CustomerPicker } from "./CustomerPicker";
import { Evaluation } from "./Evaluation";
import { ModelVersions } from "./ModelVersions";
import classes from "./Recommendations.module.css";

/** Which model serves and why, what one customer is offered, and what most are. */
export function RecommendationsPage() {
  const { t } = useTranslation("recommendations");
  const format = useFormat();
  const query = useQuery(recommendationsQuery());
  return (
    <Page
      title={t("title")}
      subtitle={
        query.data ? t("subtitle", { count: query.data.customers, shown: format.number(query.data.customers) }) : " "
      }
    >
      <QueryState query={query} skeleton={<PageSkeleton />}>
        {(data) =>
          data.models.length === 0 && data.evaluation.length === 0 ? (
            <Panel>
              <EmptyState icon={IconSparkles} title={t("empty.title")} text={t("empty.text")} />
            </Panel>
          ) : (
            <Stack gap="md">
              <Evaluation overview={data} />
              <div className={classes.columns}>
                <CustomerPicker />
                <MostRecommended overview={data} />
              </div>
              <ModelVersions models={data.models} />
            </Stack>
          )
        }
      </QueryState>
    </Page>
  );
}

function MostRecommended({ overview }: { overview: RecommendationOverview }) {
  const { t } = useTranslation("recommendations");
  const format = useFormat();
  const bars = overview.most_recommended.map((row) => ({
    key: row.product,
    label: row.name,
    value: row.customers,
    text: format.number(row.customers),
    note: overview.customers > 0 ? format.percent(row.customers / overview.customers, 0) : undefined,
  }));
  return (
    <Panel title={t("most.title")} description={t("most.text")}>
      <Bars label={t("most.title")} bars={bars} />
    </Panel>
  );
}
