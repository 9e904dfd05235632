import { Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { sourceQuery } from "@/api/queries";
import type { SourceDetail } from "@/api/types";
import { Facts } from "@/components/Facts";
import { Page } from "@/components/Page";
import { Panel } from "@/components/Panel";
import { PageSkeleton, QueryState } from "@/components/QueryState";
import { useFormat } from "@/format/useFormat";
import { ActivityChart } from "./ActivityChart";
import { HookMapping } from "./HookMapping";
import { HookSecret } from "./HookSecret";
import { HookSetup } from "./HookSetup";
import { KeyPanel } from "./KeyPanel";
import { NoLongerLive } from "./NoLongerLive";
import { Problems } from "./Problems";
import { SourceActions } from "./SourceActions";
import { SourceBadge } from "./SourceBadge";
import { SourceNumbers } from "./SourceNumbers";
import classes from "./Sources.module.css";
import { StartSending } from "./StartSending";
import { pollEvery, systemName } from "./words";

const route = getRouteApi("/sources/$slug");

/** One source: how busy it is, its key, and how to send with it. */
export function SourcePage() {
  const { t } = useTranslation("sources");
  const { slug } = route.useParams();
  const query = useQuery({ ...sourceQuery(slug), refetchInterval: ({ state }) => (state.data ? pollEvery : false) });
  const source = query.data?.source;
  return (
    <Page
      title={source?.name ?? t("one.loading")}
      badge={source && <SourceBadge status={source.status} />}
      subtitle={source ? t(`kindText.${source.kind}`) : " "}
      actions={source && <SourceActions source={source} />}
      back={{ link: { to: "/sources" }, label: t("title") }}
    >
      <NoLongerLive query={query} asOf={query.data?.as_of} />
      <QueryState query={query} skeleton={<PageSkeleton />}>
        {(detail) => <Content key={slug} detail={detail} />}
      </QueryState>
    </Page>
  );
}

function Content({ detail }: { detail: SourceDetail }) {
  const [revealed, setRevealed] = useState(false);
  const { hook } = detail;
  const start = hook ? <HookSetup detail={detail} hook={hook} /> : <StartSending detail={detail} revealed={revealed} />;
  const activity = <ActivityChart days={detail.source.days} />;
  // Before the first event everything turns on sending it; later on what came is of more interest.
  const fresh = detail.source.last_event_at === null;
  return (
    <Stack gap="md">
      <SourceNumbers detail={detail} />
      <div className={classes.columns}>
        <Stack gap="md" miw={0}>
          {fresh ? start : activity}
          {fresh ? activity : start}
          {hook && <HookMapping slug={detail.source.slug} hook={hook} />}
        </Stack>
        <Stack gap="md" miw={0}>
          {hook ? (
            <HookSecret detail={detail} hook={hook} />
          ) : (
            <KeyPanel detail={detail} revealed={revealed} onReveal={setRevealed} />
          )}
          <About detail={detail} />
          <Problems problems={detail.problems} asOf={detail.as_of} />
        </Stack>
      </div>
    </Stack>
  );
}

function About({ detail }: { detail: SourceDetail }) {
  const { t } = useTranslation("sources");
  const format = useFormat();
  const { source } = detail;
  return (
    <Panel title={t("about.title")}>
      <Facts
        facts={[
          { label: t("about.slug"), value: source.slug },
          {
            label: t("about.kind"),
            value: source.hook_system
              ? systemName(source.hook_system, t("hook.system.generic"))
              : t(`kind.${source.kind}`),
          },
          { label: t("about.created"), value: format.dateTime(source.created_at) },
        ]}
      />
    </Panel>
  );
}
