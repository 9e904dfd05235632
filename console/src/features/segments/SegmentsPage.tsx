import { Stack } from "@mantine/core";
import { IconFilter } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { segmentsQuery } from "@/api/queries";
import type { SegmentSummary } from "@/api/types";
import { EmptyState } from "@/components/EmptyState";
import { Page } from "@/components/Page";
import { Panel } from "@/components/Panel";
import { PageSkeleton, QueryState } from "@/components/QueryState";
import { useFormat } from "@/format/useFormat";
import { ClusterCards } from "./ClusterCards";
import { ClusterChoice } from "./ClusterChoice";
import { RfmMap } from "./RfmMap";
import { RfmSection } from "./RfmSection";

/** Who belongs together: by rule (RFM), and by what an algorithm found. */
export function SegmentsPage() {
  const { t } = useTranslation("segments");
  const format = useFormat();
  const query = useQuery(segmentsQuery());
  const asOf = query.data?.[0]?.as_of;
  return (
    <Page title={t("title")} subtitle={asOf ? t("asOf", { date: format.date(asOf) }) : " "}>
      <QueryState query={query} skeleton={<PageSkeleton />}>
        {(segments) => (segments.length === 0 ? <Nothing /> : <Content segments={segments} />)}
      </QueryState>
    </Page>
  );
}

function Content({ segments }: { segments: readonly SegmentSummary[] }) {
  const rfm = segments.filter((segment) => segment.kind === "rfm");
  const clusters = segments.filter((segment) => segment.kind === "cluster");
  return (
    <Stack gap="md">
      {rfm.length > 0 && (
        <>
          <RfmMap segments={rfm} />
          <RfmSection segments={rfm} />
        </>
      )}
      {clusters.length > 0 && (
        <>
          <ClusterCards segments={clusters} />
          <ClusterChoice />
        </>
      )}
    </Stack>
  );
}

function Nothing() {
  const { t } = useTranslation("segments");
  return (
    <Panel>
      <EmptyState icon={IconFilter} title={t("empty.title")} text={t("empty.text")} />
    </Panel>
  );
}
