import { Stack, Tabs } from "@mantine/core";
import { IconShieldExclamation, IconSparkles } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { qualityQuery } from "@/api/queries";
import type { Quality } from "@/api/types";
import { qualityTabs } from "@/app/search";
import { Page } from "@/components/Page";
import { PageSkeleton, QueryState } from "@/components/QueryState";
import { StatCard, StatGrid } from "@/components/StatCard";
import { TabList } from "@/components/TabList";
import { useFormat } from "@/format/useFormat";
import { Imports } from "./Imports";
import { Jobs } from "./Jobs";
import classes from "./Quality.module.css";
import { Quarantine } from "./Quarantine";
import { RejectReasons } from "./RejectReasons";
import { Rules } from "./Rules";

const route = getRouteApi("/quality");
const icons = { summary: IconSparkles, quarantine: IconShieldExclamation };

/** What came in, what cleaning did with it, and what waits in quarantine. */
export function QualityPage() {
  const { t } = useTranslation("quality");
  const query = useQuery(qualityQuery());
  return (
    <Page title={t("title")} subtitle={t("subtitle")}>
      <QueryState query={query} skeleton={<PageSkeleton />}>
        {(quality) => <Content quality={quality} />}
      </QueryState>
    </Page>
  );
}

function Content({ quality }: { quality: Quality }) {
  const { t } = useTranslation("quality");
  const { tab = "summary" } = route.useSearch();
  const navigate = route.useNavigate();
  return (
    <Stack gap="md">
      <Numbers quality={quality} />
      <Tabs
        value={tab}
        onChange={(next) =>
          void navigate({
            search: { tab: next === "summary" ? undefined : qualityTabs.find((name) => name === next) },
            replace: true,
            resetScroll: false,
          })
        }
        keepMounted={false}
      >
        <TabList tabs={qualityTabs.map((name) => ({ name, label: t(`tab.${name}`), icon: icons[name] }))} />
        <Tabs.Panel value="summary">
          <div className={classes.columns}>
            <Rules quality={quality} />
            <div style={{ display: "grid", gap: 16 }}>
              <RejectReasons quality={quality} />
              <Imports />
              <Jobs />
            </div>
          </div>
        </Tabs.Panel>
        <Tabs.Panel value="quarantine">
          <Quarantine quality={quality} />
        </Tabs.Panel>
      </Tabs>
    </Stack>
  );
}

function Numbers({ quality }: { quality: Quality }) {
  const { t } = useTranslation("quality");
  const format = useFormat();
  return (
    <StatGrid label={t("numbers.label")}>
      <StatCard label={t("numbers.rows")} value={format.number(quality.rows)} hint={t("numbers.rowsHint")} />
      <StatCard label={t("numbers.events")} value={format.number(quality.events)} hint={t("numbers.eventsHint")} />
      <StatCard label={t("numbers.clean")} value={format.number(quality.clean_events)} hint={t("numbers.cleanHint")} />
      <StatCard
        label={t("numbers.rejected")}
        value={format.number(quality.rejected)}
        hint={t("numbers.rejectedHint")}
      />
    </StatGrid>
  );
}
