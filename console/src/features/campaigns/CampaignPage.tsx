import { Stack, Tabs } from "@mantine/core";
import { IconListCheck, IconMail, IconUsersGroup } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { campaignQuery } from "@/api/queries";
import type { CampaignDetail } from "@/api/types";
import { campaignTabs } from "@/app/search";
import { Page } from "@/components/Page";
import { PageSkeleton, QueryState } from "@/components/QueryState";
import { StatCard, StatGrid } from "@/components/StatCard";
import { TabList } from "@/components/TabList";
import { useFormat, useLocalized } from "@/format/useFormat";
import { AudienceTab } from "./AudienceTab";
import { CampaignBadge } from "./CampaignBadge";
import { ContentTab } from "./ContentTab";
import { DeliveriesTab } from "./DeliveriesTab";

const route = getRouteApi("/campaigns/$slug");
const icons = { audience: IconUsersGroup, content: IconMail, deliveries: IconListCheck };

/** One campaign: for whom, what it says, and what became of every message. */
export function CampaignPage() {
  const { t } = useTranslation("campaigns");
  const localized = useLocalized();
  const { slug } = route.useParams();
  const query = useQuery(campaignQuery(slug));
  const campaign = query.data?.campaign;
  return (
    <Page
      title={campaign ? localized(campaign.name) : t("one.loading")}
      badge={campaign && <CampaignBadge state={campaign.state.name} />}
      subtitle={campaign ? localized(campaign.goal.description) : " "}
      back={{ link: { to: "/campaigns" }, label: t("title") }}
    >
      <QueryState query={query} skeleton={<PageSkeleton />}>
        {(detail) => <Content detail={detail} />}
      </QueryState>
    </Page>
  );
}

function Content({ detail }: { detail: CampaignDetail }) {
  const { t } = useTranslation("campaigns");
  const { tab = "audience" } = route.useSearch();
  const navigate = route.useNavigate();
  return (
    <Stack gap="md">
      <Numbers detail={detail} />
      <Tabs
        value={tab}
        onChange={(next) =>
          void navigate({
            search: { tab: next === "audience" ? undefined : campaignTabs.find((name) => name === next) },
            replace: true,
            resetScroll: false,
          })
        }
        keepMounted={false}
      >
        <TabList tabs={campaignTabs.map((name) => ({ name, label: t(`tab.${name}`), icon: icons[name] }))} />
        <Tabs.Panel value="audience">
          <AudienceTab detail={detail} />
        </Tabs.Panel>
        <Tabs.Panel value="content">
          <ContentTab detail={detail} />
        </Tabs.Panel>
        <Tabs.Panel value="deliveries">
          <DeliveriesTab detail={detail} />
        </Tabs.Panel>
      </Tabs>
    </Stack>
  );
}

function Numbers({ detail }: { detail: CampaignDetail }) {
  const { t } = useTranslation("campaigns");
  const format = useFormat();
  const { campaign } = detail;
  const { decisions, ledger } = campaign;
  const share = (count: number) =>
    decisions.total > 0 ? t("numbers.ofAudience", { share: format.percent(count / decisions.total) }) : undefined;
  return (
    <StatGrid label={t("numbers.label")}>
      <StatCard
        label={t("numbers.audience")}
        value={format.number(decisions.total || detail.audience_size)}
        hint={t("numbers.now", { count: detail.audience_size, shown: format.number(detail.audience_size) })}
      />
      <StatCard label={t("decision.send")} value={format.number(decisions.send)} hint={share(decisions.send)} />
      <StatCard
        label={t("decision.hold_out")}
        value={format.number(decisions.hold_out)}
        hint={share(decisions.hold_out)}
      />
      <StatCard
        label={t("column.handedOver")}
        value={format.number(ledger.handed_over)}
        hint={t(`channel.${campaign.channel === "smtp" ? "smtp" : "outbox"}`)}
      />
      <StatCard
        label={t("numbers.problems")}
        value={format.number(ledger.failed + ledger.unknown)}
        hint={t("numbers.problemsHint")}
      />
    </StatGrid>
  );
}
