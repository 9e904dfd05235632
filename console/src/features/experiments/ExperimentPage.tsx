import { SegmentedControl, Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { experimentQuery } from "@/api/queries";
import type { ExperimentDetail } from "@/api/types";
import { Page } from "@/components/Page";
import { PageSkeleton, QueryState } from "@/components/QueryState";
import { StatusBadge } from "@/components/StatusBadge";
import { useLocalized } from "@/format/useFormat";
import { ArmTable } from "./ArmTable";
import { ExperimentFunnel } from "./ExperimentFunnel";
import classes from "./Experiments.module.css";
import { PowerPanel } from "./PowerPanel";
import { RoiPanel } from "./RoiPanel";
import { SampleRatioPanel } from "./SampleRatioPanel";
import { SegmentEffects } from "./SegmentEffects";
import { VerdictPanel } from "./VerdictPanel";

const route = getRouteApi("/experiments/$slug");

/** What was caused: the verdict in plain words first, then the numbers that it rests on. */
export function ExperimentPage() {
  const { t } = useTranslation("experiments");
  const localized = useLocalized();
  const { slug } = route.useParams();
  const query = useQuery(experimentQuery(slug));
  const experiment = query.data?.experiment;
  return (
    <Page
      title={experiment ? localized(experiment.name) : t("one.loading")}
      badge={experiment && <StatusBadge tone="brand">{t(`kind.${experiment.kind}`)}</StatusBadge>}
      subtitle={experiment ? localized(experiment.description) : " "}
      back={{ link: { to: "/experiments" }, label: t("title") }}
    >
      <QueryState query={query} skeleton={<PageSkeleton />}>
        {(detail) => <Content detail={detail} />}
      </QueryState>
    </Page>
  );
}

function Content({ detail }: { detail: ExperimentDetail }) {
  const { t } = useTranslation("experiments");
  const localized = useLocalized();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const result = detail.metrics.find((entry) => entry.metric.key === search.metric) ?? detail.metrics[0];
  if (!result) return null;
  const first = detail.metrics[0]?.metric.key;
  return (
    <Stack gap="md">
      <VerdictPanel detail={detail} />
      {detail.metrics.length > 1 && (
        <div>
          <SegmentedControl
            aria-label={t("metric")}
            value={result.metric.key}
            data={detail.metrics.map(({ metric }) => ({ value: metric.key, label: localized(metric.name) }))}
            onChange={(metric) =>
              void navigate({
                search: { metric: metric === first ? undefined : metric },
                replace: true,
                resetScroll: false,
              })
            }
          />
        </div>
      )}
      <ArmTable detail={detail} result={result} />
      <div className={classes.columns}>
        <PowerPanel result={result} control={detail.experiment.control} />
        <SampleRatioPanel detail={detail} />
        {detail.funnel.length > 1 && <ExperimentFunnel detail={detail} />}
        {detail.roi.length > 0 && <RoiPanel detail={detail} />}
      </div>
      <SegmentEffects detail={detail} metric={result.metric} />
    </Stack>
  );
}
