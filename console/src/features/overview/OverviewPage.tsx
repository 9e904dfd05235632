import { Button, Stack } from "@mantine/core";
import { IconDatabaseImport } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { overviewQuery } from "@/api/queries";
import type { Overview } from "@/api/types";
import { EmptyState } from "@/components/EmptyState";
import { Page } from "@/components/Page";
import { Panel } from "@/components/Panel";
import { PageSkeleton, QueryState } from "@/components/QueryState";
import { StatCard, StatGrid } from "@/components/StatCard";
import { useFormat } from "@/format/useFormat";
import { Alerts } from "./Alerts";
import { CampaignsPanel } from "./CampaignsPanel";
import { Countries } from "./Countries";
import { LastImport } from "./LastImport";
import classes from "./Overview.module.css";
import { Products } from "./Products";
import { SegmentMap } from "./SegmentMap";
import { Trend } from "./Trend";
import { Way } from "./Way";

/** The whole shop on one page. */
export function OverviewPage() {
  const { t } = useTranslation("overview");
  const format = useFormat();
  const query = useQuery(overviewQuery());
  const range = query.data?.data_range;
  const subtitle = range
    ? t("range", { shop: query.data?.shop_name, from: format.date(range.first), to: format.date(range.last) })
    : query.data?.shop_name;
  return (
    <Page title={t("title")} subtitle={subtitle}>
      <QueryState query={query} skeleton={<PageSkeleton />}>
        {(overview) => (isEmpty(overview) ? <NothingYet /> : <Content overview={overview} />)}
      </QueryState>
    </Page>
  );
}

/** Events over HTTP make customers before anybody has ordered or imported anything. */
const isEmpty = ({ data_range, totals, funnel }: Overview) =>
  !data_range && totals.customers === 0 && funnel.every((step) => step.count === 0);

function Content({ overview }: { overview: Overview }) {
  // Said where nothing was imported. Something is there, so that it came another way.
  const alerts = overview.alerts.filter((alert) => alert.message.code !== "no_data");
  return (
    <Stack gap="md">
      <Alerts alerts={alerts} />
      <Totals overview={overview} />
      {overview.data_range ? <Sales overview={overview} /> : <WithoutSales overview={overview} />}
    </Stack>
  );
}

function Sales({ overview }: { overview: Overview }) {
  return (
    <>
      <div className={classes.wideLeft}>
        <Trend overview={overview} />
        <Way overview={overview} />
      </div>
      <div className={classes.wideLeft}>
        <SegmentMap segments={overview.segments} />
        <Countries overview={overview} />
      </div>
      <div className={classes.wideLeft}>
        <Products overview={overview} />
        <Stack gap="md">
          <CampaignsPanel overview={overview} />
          <LastImport overview={overview} />
        </Stack>
      </div>
    </>
  );
}

/** What there is to say before anybody has ordered. */
function WithoutSales({ overview }: { overview: Overview }) {
  return (
    <div className={classes.wideLeft}>
      <Way overview={overview} />
      <Stack gap="md">
        <CampaignsPanel overview={overview} />
        <LastImport overview={overview} />
      </Stack>
    </div>
  );
}

function Totals({ overview: { totals, currency } }: { overview: Overview }) {
  const { t } = useTranslation("overview");
  const format = useFormat();
  return (
    <StatGrid label={t("totals.label")}>
      <StatCard
        label={t("totals.netRevenue")}
        value={format.money(totals.net_revenue, currency, { compact: true })}
        hint={t("totals.gross", { amount: format.money(totals.gross_revenue, currency, { compact: true }) })}
      />
      <StatCard
        label={t("totals.customers")}
        value={format.number(totals.customers)}
        hint={t("totals.anonymous", { share: format.percent(totals.anonymous_revenue_share, 0) })}
      />
      <StatCard
        label={t("totals.orders")}
        value={format.number(totals.orders)}
        hint={t("totals.products", { count: totals.products })}
      />
      <StatCard
        label={t("totals.averageOrder")}
        value={format.money(totals.average_order, currency)}
        hint={t("totals.perOrder")}
      />
      <StatCard
        label={t("totals.refunds")}
        value={format.percent(totals.refunds_share)}
        hint={t("totals.refundDocuments", { count: totals.refunds })}
      />
    </StatGrid>
  );
}

function NothingYet() {
  const { t } = useTranslation("overview");
  return (
    <Panel>
      <EmptyState
        icon={IconDatabaseImport}
        title={t("empty.title")}
        text={t("empty.text")}
        action={
          <Button variant="default" mt="sm" renderRoot={(props) => <Link to="/imports" {...props} />}>
            {t("empty.action")}
          </Button>
        }
      />
    </Panel>
  );
}
