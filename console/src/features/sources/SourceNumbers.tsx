import { useTranslation } from "react-i18next";
import type { SourceDetail } from "@/api/types";
import { StatCard, StatGrid } from "@/components/StatCard";
import { useFormat } from "@/format/useFormat";
import classes from "./Sources.module.css";

const day = 86_400_000;

/** What came lately, and when the last event came. */
export function SourceNumbers({ detail }: { detail: SourceDetail }) {
  const { t } = useTranslation("sources");
  const format = useFormat();
  const { source, as_of } = detail;
  const { rate, last_event_at } = source;
  // The server counts in its memory: after a start it knows less than a day.
  const young = Date.parse(as_of) - Date.parse(rate.since) < day;
  return (
    <StatGrid label={t("numbers.label")}>
      <StatCard label={t("numbers.minute")} value={format.number(rate.last_minute)} hint={t("numbers.events")} />
      <StatCard label={t("numbers.hour")} value={format.number(rate.last_hour)} hint={t("numbers.events")} />
      <StatCard
        label={t("numbers.day")}
        value={format.number(rate.last_day)}
        hint={young ? t("numbers.since", { ago: format.ago(rate.since, as_of) }) : t("numbers.events")}
      />
      <StatCard
        label={t("numbers.rejected")}
        value={format.number(rate.rejected_last_day)}
        hint={t("numbers.rejectedHint")}
      />
      <StatCard
        label={t("column.lastEvent")}
        value={<span className={classes.when}>{last_event_at ? format.ago(last_event_at, as_of) : t("never")}</span>}
        hint={last_event_at ? format.dateTime(last_event_at) : t("numbers.neverHint")}
      />
    </StatGrid>
  );
}
