import { Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { qualityQuery } from "@/api/queries";
import type { Quality } from "@/api/types";
import { Page } from "@/components/Page";
import { PageSkeleton, QueryState } from "@/components/QueryState";
import { StatCard, StatGrid } from "@/components/StatCard";
import { useFormat } from "@/format/useFormat";
import { Imports } from "./Imports";
import { Jobs } from "./Jobs";
import classes from "./Quality.module.css";
import { Quarantine } from "./Quarantine";
import { RejectReasons } from "./RejectReasons";
import { Rules } from "./Rules";

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
  const format = useFormat();
  const share = quality.rows > 0 ? format.percent(quality.rejected / quality.rows, 2) : undefined;
  return (
    <Stack gap="md">
      <StatGrid label={t("numbers.label")}>
        <StatCard label={t("numbers.rows")} value={format.number(quality.rows)} hint={t("numbers.rowsHint")} />
        <StatCard label={t("numbers.events")} value={format.number(quality.events)} hint={t("numbers.eventsHint")} />
        <StatCard
          label={t("numbers.clean")}
          value={format.number(quality.clean_events)}
          hint={t("numbers.cleanHint")}
        />
        <StatCard
          label={t("numbers.rejected")}
          value={format.number(quality.rejected)}
          hint={share && t("numbers.rejectedHint", { share })}
        />
      </StatGrid>
      <div className={classes.columns}>
        <Rules quality={quality} />
        <div style={{ display: "grid", gap: 16 }}>
          <RejectReasons quality={quality} />
          <Imports />
          <Jobs />
        </div>
      </div>
      <Quarantine quality={quality} />
    </Stack>
  );
}
