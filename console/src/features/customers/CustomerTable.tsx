import { Anchor, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { CustomerListRow } from "@/api/types";
import { type Column, DataTable, type Sort } from "@/components/DataTable";
import { SegmentBadge } from "@/components/SegmentBadge";
import { TwoLines } from "@/components/TwoLines";
import { useFormat, useLocalized } from "@/format/useFormat";
import { RfmBadge } from "./RfmBadge";

export interface CustomerTableProps {
  caption: string;
  rows: readonly CustomerListRow[];
  currency: string;
  sort?: Sort;
  onSort?: (sort: Sort) => void;
  stale?: boolean;
}

/** Customers in a table, or in two lines each on a phone. */
export function CustomerTable({ caption, rows, currency, sort, onSort, stale }: CustomerTableProps) {
  const { t } = useTranslation("customers");
  const localized = useLocalized();
  const format = useFormat();
  return (
    <DataTable
      caption={caption}
      columns={useColumns(currency)}
      rows={rows}
      rowKey={(row) => row.id}
      sort={sort}
      onSort={onSort}
      stale={stale}
      linked
      card={(row) => (
        <TwoLines
          title={<CustomerLink row={row} />}
          end={format.money(row.net_revenue, currency)}
          text={[row.country, rfmSegment(row) && localized(rfmSegment(row)?.name ?? { en: "", "zh-CN": "" })]
            .filter(Boolean)
            .join(" · ")}
          note={t("ordersCount", { count: row.orders })}
        />
      )}
    />
  );
}

const rfmSegment = (row: CustomerListRow) => row.segments.find((segment) => segment.kind === "rfm");

function CustomerLink({ row }: { row: CustomerListRow }) {
  return (
    <Anchor
      inherit
      c="inherit"
      fw={600}
      renderRoot={(props) => <Link to="/customers/$id" params={{ id: row.id }} {...props} />}
    >
      {row.user_id}
    </Anchor>
  );
}

/** The named segment as a badge, and under it the cluster, whose name is a description. */
function Segments({ row }: { row: CustomerListRow }) {
  const localized = useLocalized();
  const named = rfmSegment(row);
  const cluster = row.segments.find((segment) => segment.kind === "cluster");
  return (
    <>
      {named && <SegmentBadge segment={named} />}
      {cluster && (
        <Text size="xs" c="dimmed" mt={2} truncate maw={230} title={localized(cluster.name)}>
          {localized(cluster.name)}
        </Text>
      )}
    </>
  );
}

function useColumns(currency: string): Column<CustomerListRow>[] {
  const { t } = useTranslation("customers");
  const format = useFormat();
  return [
    {
      key: "user_id",
      header: t("column.customer"),
      sort: "user_id",
      rowHeader: true,
      cell: (row) => (
        <>
          <CustomerLink row={row} />
          <Text size="xs" c="dimmed" fw={400} style={{ whiteSpace: "nowrap" }}>
            {row.email}
          </Text>
        </>
      ),
    },
    {
      key: "country",
      header: t("column.country"),
      sort: "country",
      cell: (row) => <span style={{ whiteSpace: "nowrap" }}>{row.country ?? "–"}</span>,
    },
    {
      key: "segments",
      header: t("column.segments"),
      cell: (row) => <Segments row={row} />,
    },
    { key: "rfm", header: t("column.rfm"), wide: true, cell: (row) => (row.rfm ? <RfmBadge rfm={row.rfm} /> : "–") },
    { key: "orders", header: t("column.orders"), sort: "orders", end: true, cell: (row) => format.number(row.orders) },
    {
      key: "net_revenue",
      header: t("column.netRevenue"),
      sort: "net_revenue",
      end: true,
      cell: (row) => format.money(row.net_revenue, currency),
    },
    {
      key: "average_order",
      wide: true,
      header: t("column.averageOrder"),
      sort: "average_order",
      end: true,
      cell: (row) => (row.average_order == null ? "–" : format.money(row.average_order, currency)),
    },
    {
      key: "last_order",
      header: t("column.lastOrder"),
      sort: "last_order",
      end: true,
      cell: (row) => (row.last_order ? format.date(row.last_order) : "–"),
    },
    {
      key: "returns",
      wide: true,
      header: t("column.returns"),
      sort: "returns_share",
      end: true,
      cell: (row) => (row.returns_share == null ? "–" : format.percent(row.returns_share)),
    },
  ];
}
