import { Stack, Tabs } from "@mantine/core";
import { IconClockHour4, IconMail, IconSparkles } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { customerQuery } from "@/api/queries";
import type { Customer } from "@/api/types";
import { customerTabs } from "@/app/search";
import { Page } from "@/components/Page";
import { PageSkeleton, QueryState } from "@/components/QueryState";
import { SegmentBadge } from "@/components/SegmentBadge";
import { StatCard, StatGrid } from "@/components/StatCard";
import { TabList } from "@/components/TabList";
import { useFormat } from "@/format/useFormat";
import classes from "./Customer.module.css";
import { CustomerFactsPanel, SegmentsPanel } from "./CustomerPanels";
import { FeaturesPanel } from "./FeaturesPanel";
import { HabitsPanel } from "./HabitsPanel";
import { MessagesTab } from "./MessagesTab";
import { RecommendationsTab } from "./RecommendationsTab";
import { TimelineTab } from "./TimelineTab";
import { TouchesPanel } from "./TouchesPanel";

const route = getRouteApi("/customers/$id");
const icons = { timeline: IconClockHour4, recommendations: IconSparkles, messages: IconMail };

/** Everything about one person. */
export function CustomerPage() {
  const { t } = useTranslation("customers");
  const format = useFormat();
  const { id } = route.useParams();
  const query = useQuery(customerQuery(id));
  const customer = query.data;
  const rfm = customer?.segments.find((segment) => segment.kind === "rfm");
  return (
    <Page
      title={customer ? t("one.title", { id: customer.user_id }) : t("one.loading")}
      badge={rfm && <SegmentBadge segment={rfm} />}
      subtitle={
        customer
          ? [customer.email, customer.country, t("one.since", { date: format.date(customer.first_seen) })]
              .filter(Boolean)
              .join(" · ")
          : " "
      }
      back={{ link: { to: "/customers" }, label: t("title") }}
    >
      <QueryState query={query} skeleton={<PageSkeleton />}>
        {(data) => <Content customer={data} />}
      </QueryState>
    </Page>
  );
}

function Content({ customer }: { customer: Customer }) {
  return (
    <Stack gap="md">
      <Numbers customer={customer} />
      <div className={classes.columns}>
        <div className={classes.side}>
          {customer.features && <FeaturesPanel features={customer.features} />}
          <SegmentsPanel segments={customer.segments} />
          {customer.features && <HabitsPanel features={customer.features} />}
          <TouchesPanel customer={customer} />
          <CustomerFactsPanel customer={customer} />
        </div>
        <CustomerTabs customer={customer} />
      </div>
    </Stack>
  );
}

function Numbers({ customer }: { customer: Customer }) {
  const { t } = useTranslation("customers");
  const format = useFormat();
  const { commerce, features, currency } = customer;
  return (
    <StatGrid label={t("one.numbers")}>
      <StatCard
        label={t("column.netRevenue")}
        value={format.money(commerce.net_revenue, currency)}
        hint={t("one.gross", { amount: format.money(commerce.revenue, currency) })}
      />
      <StatCard
        label={t("column.orders")}
        value={format.number(commerce.orders)}
        hint={t("one.units", { count: commerce.units })}
      />
      <StatCard
        label={t("column.averageOrder")}
        value={features ? format.money(features.average_order, currency) : "–"}
        hint={features && t("one.distinct", { count: features.distinct_products })}
      />
      <StatCard
        label={t("column.lastOrder")}
        value={features ? t("one.ago", { days: format.days(Math.round(features.recency_days)) }) : "–"}
        hint={commerce.last_order && format.date(commerce.last_order)}
      />
      <StatCard
        label={t("column.returns")}
        value={features ? format.percent(features.returns_share) : "–"}
        hint={t("one.refunds", { count: commerce.refunds })}
      />
    </StatGrid>
  );
}

function CustomerTabs({ customer }: { customer: Customer }) {
  const { t } = useTranslation("customers");
  const { tab = "timeline" } = route.useSearch();
  const navigate = route.useNavigate();
  return (
    <Tabs
      value={tab}
      onChange={(next) =>
        void navigate({
          search: { tab: next === "timeline" ? undefined : customerTabs.find((name) => name === next) },
          replace: true,
          resetScroll: false,
        })
      }
      keepMounted={false}
      className={classes.tabs}
    >
      <TabList tabs={customerTabs.map((name) => ({ name, label: t(`tab.${name}`), icon: icons[name] }))} />
      <Tabs.Panel value="timeline">
        <TimelineTab id={customer.id} />
      </Tabs.Panel>
      <Tabs.Panel value="recommendations">
        <RecommendationsTab id={customer.id} />
      </Tabs.Panel>
      <Tabs.Panel value="messages">
        <MessagesTab id={customer.id} />
      </Tabs.Panel>
    </Tabs>
  );
}
