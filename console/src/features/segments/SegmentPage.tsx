import { Anchor, Button, Stack } from "@mantine/core";
import { IconUsers } from "@tabler/icons-react";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { customersQuery, segmentQuery } from "@/api/queries";
import type { SegmentDetail } from "@/api/types";
import { Bars } from "@/components/Bars";
import { Page } from "@/components/Page";
import { Panel } from "@/components/Panel";
import { PageSkeleton, QueryState } from "@/components/QueryState";
import { segmentTone } from "@/components/SegmentBadge";
import { StatCard, StatGrid } from "@/components/StatCard";
import { StatusBadge } from "@/components/StatusBadge";
import { CustomerTable } from "@/features/customers/CustomerTable";
import { useFormat, useLocalized } from "@/format/useFormat";
import { Comparison } from "./Comparison";
import classes from "./Segments.module.css";

const route = getRouteApi("/segments/$slug");

/** One segment against all customers, and who is in it. */
export function SegmentPage() {
  const { t } = useTranslation("segments");
  const { t: common } = useTranslation();
  const localized = useLocalized();
  const { slug } = route.useParams();
  const query = useQuery(segmentQuery(slug));
  const segment = query.data?.segment;
  return (
    <Page
      title={segment ? localized(segment.name) : t("one.loading")}
      badge={segment && <StatusBadge tone={segmentTone(segment)}>{common(`segmentKind.${segment.kind}`)}</StatusBadge>}
      subtitle={segment ? localized(segment.description) : " "}
      back={{ link: { to: "/segments" }, label: t("title") }}
      actions={
        segment && (
          <Button
            leftSection={<IconUsers size={16} />}
            renderRoot={(props) => <Link to="/customers" search={{ segment: segment.slug }} {...props} />}
          >
            {t("one.members")}
          </Button>
        )
      }
    >
      <QueryState query={query} skeleton={<PageSkeleton />}>
        {(detail) => <Content detail={detail} />}
      </QueryState>
    </Page>
  );
}

function Content({ detail }: { detail: SegmentDetail }) {
  const { t } = useTranslation("segments");
  const format = useFormat();
  const { segment, currency } = detail;
  const shares = (rows: SegmentDetail["top_categories"]) =>
    rows.map(({ name, share }) => ({ key: name, label: name, value: share, text: format.percent(share) }));
  return (
    <Stack gap="md">
      <StatGrid label={t("one.numbers")}>
        <StatCard label={t("column.customers")} value={format.number(segment.size)} />
        <StatCard label={t("one.share")} value={format.percent(segment.share)} />
        <StatCard label={t("one.revenueShare")} value={format.percent(segment.revenue_share)} />
        <StatCard
          label={t("one.weight")}
          value={segment.share > 0 ? `${format.decimal(segment.revenue_share / segment.share, 1)}×` : "–"}
          hint={t("one.weightHint")}
        />
        {detail.campaigns.length > 0 && (
          <StatCard label={t("one.campaigns")} value={<Campaigns detail={detail} />} hint={t("one.campaignsText")} />
        )}
      </StatGrid>
      <Comparison rows={detail.comparison} currency={currency} />
      <div className={classes.columns}>
        <Panel title={t("one.categories")} description={t("one.categoriesText")}>
          <Bars label={t("one.categories")} bars={shares(detail.top_categories)} />
        </Panel>
        <Panel title={t("one.countries")} description={t("one.countriesText")}>
          <Bars label={t("one.countries")} bars={shares(detail.top_countries)} />
        </Panel>
        {detail.top_recommendations.length > 0 && (
          <Panel title={t("one.recommended")} description={t("one.recommendedText")}>
            <Bars
              label={t("one.recommended")}
              bars={detail.top_recommendations.map((row) => ({
                key: row.product,
                label: row.name,
                value: row.customers,
                text: format.number(row.customers),
              }))}
            />
          </Panel>
        )}
      </div>
      <Members slug={segment.slug} />
    </Stack>
  );
}

function Campaigns({ detail }: { detail: SegmentDetail }) {
  const localized = useLocalized();
  return (
    <div className={classes.campaigns}>
      {detail.campaigns.map((campaign, index) => (
        <span key={campaign.slug}>
          {index > 0 && " · "}
          <Anchor
            inherit
            renderRoot={(props) => <Link to="/campaigns/$slug" params={{ slug: campaign.slug }} {...props} />}
          >
            {localized(campaign.name)}
          </Anchor>
        </span>
      ))}
    </div>
  );
}

function Members({ slug }: { slug: string }) {
  const { t } = useTranslation("segments");
  const query = useQuery({
    ...customersQuery({ segment: slug, page_size: 10, sort: "net_revenue", descending: true }),
    placeholderData: keepPreviousData,
  });
  return (
    <Panel
      title={t("one.best")}
      flush
      actions={
        <Anchor size="sm" renderRoot={(props) => <Link to="/customers" search={{ segment: slug }} {...props} />}>
          {t("one.allMembers")}
        </Anchor>
      }
    >
      <QueryState query={query}>
        {(data) => <CustomerTable caption={t("one.best")} rows={data.rows} currency={data.currency} />}
      </QueryState>
    </Panel>
  );
}
