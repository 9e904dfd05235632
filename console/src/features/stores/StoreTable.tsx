import { Anchor, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { StoreSummary } from "@/api/types";
import { type Column, DataTable } from "@/components/DataTable";
import { DayCounts } from "@/components/DayCounts";
import { TwoLines } from "@/components/TwoLines";
import { useFormat } from "@/format/useFormat";
import { daysOf, placeOf, titleOf, useRevenue } from "./words";

/** Stores in rows; each opens beside the list. */
export function StoreTable({ stores, asOf }: { stores: readonly StoreSummary[]; asOf: string }) {
  const { t } = useTranslation("stores");
  const format = useFormat();
  const revenue = useRevenue();
  const last = (row: StoreSummary) => (row.last_event_at ? format.ago(row.last_event_at, asOf) : t("never"));
  const columns: Column<StoreSummary>[] = [
    { key: "name", header: t("column.store"), rowHeader: true, cell: (row) => <Name row={row} /> },
    { key: "place", header: t("column.place"), cell: (row) => placeOf(row) || "–" },
    { key: "orders", header: t("column.orders"), end: true, cell: (row) => format.number(row.orders) },
    { key: "revenue", header: t("column.revenue"), end: true, cell: revenue },
    { key: "events", header: t("column.events"), end: true, wide: true, cell: (row) => format.number(row.events) },
    { key: "last", header: t("column.lastEvent"), end: true, cell: last },
    { key: "days", header: t("column.days"), width: 190, cell: (row) => <Days row={row} /> },
  ];
  return (
    <DataTable
      caption={t("title")}
      columns={columns}
      rows={stores}
      rowKey={(row) => row.code}
      linked
      card={(row) => (
        <>
          <TwoLines
            title={<NameLink row={row} />}
            end={revenue(row)}
            text={[placeOf(row), last(row)].filter(Boolean).join(" · ")}
            note={t("orders", { count: row.orders, shown: format.number(row.orders) })}
          />
          <Days row={row} wide />
        </>
      )}
    />
  );
}

function NameLink({ row }: { row: StoreSummary }) {
  return (
    <Anchor
      inherit
      c="inherit"
      fw={600}
      renderRoot={(props) => <Link to="/stores" search={{ store: row.code }} {...props} />}
    >
      {titleOf(row)}
    </Anchor>
  );
}

function Name({ row }: { row: StoreSummary }) {
  return (
    <>
      <NameLink row={row} />
      {row.name !== "" && (
        <Text size="xs" c="dimmed" fw={400}>
          {row.code}
        </Text>
      )}
    </>
  );
}

function Days({ row, wide }: { row: StoreSummary; wide?: boolean }) {
  const { t } = useTranslation("stores");
  const format = useFormat();
  const { events } = daysOf(row);
  return (
    <DayCounts
      values={row.days.map((day) => day.events)}
      sum={events}
      label={t("spark", { count: events, shown: format.number(events) })}
      wide={wide}
    />
  );
}
