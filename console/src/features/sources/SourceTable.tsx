import { Anchor, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { SourceSummary } from "@/api/types";
import { type Column, DataTable } from "@/components/DataTable";
import { DayCounts } from "@/components/DayCounts";
import { TwoLines } from "@/components/TwoLines";
import { useFormat } from "@/format/useFormat";
import { SourceBadge } from "./SourceBadge";
import classes from "./Sources.module.css";
import { kindIcons, sumOfDays } from "./words";

/** Sources in rows; each leads to its page. */
export function SourceTable({ sources, asOf }: { sources: readonly SourceSummary[]; asOf: string }) {
  const { t } = useTranslation("sources");
  const format = useFormat();
  const lastEvent = (row: SourceSummary) => (row.last_event_at ? format.ago(row.last_event_at, asOf) : t("never"));
  const rate = (row: SourceSummary) =>
    row.enabled ? t("perMinute", { shown: format.compact(row.rate.last_minute) }) : "–";
  const columns: Column<SourceSummary>[] = [
    { key: "name", header: t("column.source"), rowHeader: true, cell: (row) => <Name row={row} /> },
    { key: "kind", header: t("column.kind"), cell: (row) => <KindName row={row} /> },
    { key: "status", header: t("column.status"), cell: (row) => <SourceBadge status={row.status} /> },
    { key: "rate", header: t("column.rate"), end: true, cell: rate },
    { key: "last", header: t("column.lastEvent"), end: true, cell: lastEvent },
    {
      key: "rejected",
      header: t("column.rejected"),
      end: true,
      cell: (row) => <Rejected count={sumOfDays(row).rejected} />,
    },
    { key: "days", header: t("column.days"), width: 210, cell: (row) => <Days row={row} /> },
  ];
  return (
    <DataTable
      caption={t("title")}
      columns={columns}
      rows={sources}
      rowKey={(row) => row.id}
      linked
      card={(row) => (
        <>
          <TwoLines
            title={<NameLink row={row} />}
            end={<SourceBadge status={row.status} />}
            text={`${t(`kind.${row.kind}`)} · ${lastEvent(row)}`}
            note={rate(row)}
          />
          <Days row={row} wide />
        </>
      )}
    />
  );
}

function NameLink({ row }: { row: SourceSummary }) {
  return (
    <Anchor
      inherit
      c="inherit"
      fw={600}
      renderRoot={(props) => <Link to="/sources/$slug" params={{ slug: row.slug }} {...props} />}
    >
      {row.name}
    </Anchor>
  );
}

function Name({ row }: { row: SourceSummary }) {
  return (
    <>
      <NameLink row={row} />
      <Text size="xs" c="dimmed" fw={400}>
        {row.slug}
      </Text>
    </>
  );
}

function KindName({ row }: { row: SourceSummary }) {
  const { t } = useTranslation("sources");
  const Icon = kindIcons[row.kind];
  return (
    <span className={classes.kind}>
      <Icon size={17} aria-hidden />
      {t(`kind.${row.kind}`)}
    </span>
  );
}

function Rejected({ count }: { count: number }) {
  const format = useFormat();
  return <span style={{ color: count > 0 ? "var(--mantine-color-error)" : undefined }}>{format.number(count)}</span>;
}

function Days({ row, wide }: { row: SourceSummary; wide?: boolean }) {
  const { t } = useTranslation("sources");
  const format = useFormat();
  const { events } = sumOfDays(row);
  return (
    <DayCounts
      values={row.days.map((day) => day.events)}
      sum={events}
      label={t("spark", { count: events, shown: format.number(events) })}
      wide={wide}
    />
  );
}
