import { Anchor, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { SegmentSummary } from "@/api/types";
import { type Column, DataTable } from "@/components/DataTable";
import { Panel } from "@/components/Panel";
import { segmentTone } from "@/components/SegmentBadge";
import { TwoLines } from "@/components/TwoLines";
import { useFormat, useLocalized } from "@/format/useFormat";
import classes from "./Segments.module.css";

/** The named segments of recency, frequency and monetary value: how many people, how much of the revenue. */
export function RfmSection({ segments }: { segments: readonly SegmentSummary[] }) {
  const { t } = useTranslation("segments");
  const format = useFormat();
  const localized = useLocalized();
  const rows = [...segments].sort((a, b) => b.revenue_share - a.revenue_share);
  const top = Math.max(...rows.flatMap((row) => [row.share, row.revenue_share]));
  const link = (row: SegmentSummary) => (
    <Anchor
      inherit
      c="inherit"
      fw={600}
      renderRoot={(props) => <Link to="/segments/$slug" params={{ slug: row.slug }} {...props} />}
    >
      {localized(row.name)}
    </Anchor>
  );
  const columns: Column<SegmentSummary>[] = [
    {
      key: "name",
      header: t("column.segment"),
      rowHeader: true,
      cell: (row) => (
        <>
          <span className={classes.dot} data-tone={segmentTone(row)} aria-hidden />
          {link(row)}
          <Text size="xs" c="dimmed" fw={400} maw="62ch">
            {localized(row.description)}
          </Text>
        </>
      ),
    },
    { key: "size", header: t("column.customers"), end: true, cell: (row) => format.number(row.size) },
    {
      key: "shares",
      header: t("column.shares"),
      width: "30%",
      cell: (row) => <SharePair customers={row.share} revenue={row.revenue_share} top={top} />,
    },
  ];
  return (
    <Panel title={t("rfm.title")} description={t("rfm.text")} flush>
      <DataTable
        caption={t("rfm.title")}
        columns={columns}
        rows={rows}
        rowKey={(row) => row.slug}
        linked
        card={(row) => (
          <>
            <TwoLines
              title={
                <>
                  <span className={classes.dot} data-tone={segmentTone(row)} aria-hidden />
                  {link(row)}
                </>
              }
              end={format.number(row.size)}
              text={localized(row.description)}
            />
            <div style={{ marginTop: 8 }}>
              <SharePair customers={row.share} revenue={row.revenue_share} top={top} />
            </div>
          </>
        )}
      />
    </Panel>
  );
}

/** Share of people above share of revenue, on one scale: their difference is what a segment is worth. */
export function SharePair({ customers, revenue, top }: { customers: number; revenue: number; top: number }) {
  const { t } = useTranslation("segments");
  const format = useFormat();
  const rows = [
    { key: "customers", value: customers, label: t("share.customers"), color: "var(--chart-6)" },
    { key: "revenue", value: revenue, label: t("share.revenue"), color: "var(--chart-1)" },
  ];
  return (
    <div className={classes.pair}>
      {rows.map((row) => (
        <div key={row.key} className={classes.pairRow}>
          <span className={classes.pairLabel}>{row.label}</span>
          <span className={classes.pairTrack} aria-hidden>
            <span style={{ width: `${top > 0 ? (row.value / top) * 100 : 0}%`, background: row.color }} />
          </span>
          <span className={classes.pairValue}>{format.percent(row.value)}</span>
        </div>
      ))}
    </div>
  );
}
