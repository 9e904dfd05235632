import { Stack } from "@mantine/core";
import { IconChartHistogram, IconEye } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { ApiError } from "@/api/errors";
import { backtestQuery } from "@/api/queries";
import type { Backtest } from "@/api/types";
import { EmptyState } from "@/components/EmptyState";
import { Page } from "@/components/Page";
import { Panel } from "@/components/Panel";
import { PageSkeleton, QueryState } from "@/components/QueryState";
import { StatCard, StatGrid } from "@/components/StatCard";
import { StatusBadge } from "@/components/StatusBadge";
import { useFormat } from "@/format/useFormat";
import { BacktestAudiences } from "./BacktestAudiences";
import { BacktestRecommenders } from "./BacktestRecommenders";
import classes from "./Experiments.module.css";
import { LiftCurve } from "./LiftCurve";

/** Audiences and lists as of a date, held against what people then did. Observed, not caused; the page says so first. */
export function BacktestPage() {
  const { t } = useTranslation("experiments");
  const format = useFormat();
  const query = useQuery(backtestQuery());
  const missing = query.error instanceof ApiError && query.error.status === 404;
  return (
    <Page
      title={t("backtest.title")}
      badge={<StatusBadge tone="warn">{t("backtest.observed")}</StatusBadge>}
      subtitle={
        query.data
          ? t("backtest.subtitle", { asOf: format.date(query.data.as_of), until: format.date(query.data.until) })
          : " "
      }
    >
      {missing ? (
        <Panel>
          <EmptyState icon={IconChartHistogram} title={t("backtest.empty.title")} text={t("backtest.empty.text")} />
        </Panel>
      ) : (
        <QueryState query={query} skeleton={<PageSkeleton />}>
          {(backtest) => <Content backtest={backtest} />}
        </QueryState>
      )}
    </Page>
  );
}

function Content({ backtest }: { backtest: Backtest }) {
  const { t } = useTranslation("experiments");
  const format = useFormat();
  return (
    <Stack gap="md">
      <div className={classes.observed} role="note">
        <IconEye size={20} aria-hidden />
        <span>
          <b>{t("backtest.observed")}</b> {t("backtest.warning")}
        </span>
      </div>
      <StatGrid label={t("backtest.numbers")}>
        <StatCard
          label={t("backtest.known")}
          value={format.number(backtest.customers)}
          hint={format.date(backtest.as_of)}
        />
        <StatCard
          label={t("backtest.responders")}
          value={format.number(backtest.responders)}
          hint={backtest.customers > 0 && format.percent(backtest.responders / backtest.customers)}
        />
        <StatCard
          label={t("backtest.inAudiences")}
          value={format.number(backtest.audience_responders)}
          hint={
            backtest.responders > 0 &&
            t("backtest.ofResponders", { share: format.percent(backtest.audience_responders / backtest.responders) })
          }
        />
      </StatGrid>
      <BacktestAudiences backtest={backtest} />
      <div className={classes.columns}>
        {backtest.lift_curve.length > 0 && <LiftCurve backtest={backtest} />}
        {backtest.recommendations.length > 0 && <BacktestRecommenders backtest={backtest} />}
      </div>
    </Stack>
  );
}
