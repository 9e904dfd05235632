import { Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Overview } from "@/api/types";
import { type Column, DataTable } from "@/components/DataTable";
import { Panel } from "@/components/Panel";
import { TwoLines } from "@/components/TwoLines";
import { useFormat } from "@/format/useFormat";

type Product = Overview["top_products"][number];

/** What sells best. */
export function Products({ overview }: { overview: Overview }) {
  const { t } = useTranslation("overview");
  const format = useFormat();
  const { currency } = overview;
  const columns: Column<Product>[] = [
    {
      key: "name",
      header: t("products.name"),
      cell: (row) => (
        <>
          {row.name}
          <Text component="span" size="xs" c="dimmed" display="block">
            {row.product} · {row.category}
          </Text>
        </>
      ),
    },
    { key: "orders", header: t("products.orders"), end: true, cell: (row) => format.number(row.orders) },
    { key: "units", header: t("products.units"), end: true, cell: (row) => format.number(row.units) },
    { key: "revenue", header: t("products.revenue"), end: true, cell: (row) => format.money(row.revenue, currency) },
  ];
  return (
    <Panel title={t("products.title")} flush>
      <DataTable
        caption={t("products.title")}
        columns={columns}
        rows={overview.top_products}
        rowKey={(row) => row.product}
        card={(row) => (
          <TwoLines
            title={row.name}
            end={format.money(row.revenue, currency)}
            text={`${row.product} · ${row.category}`}
            note={t("products.unitsSold", { count: row.units })}
          />
        )}
      />
    </Panel>
  );
}
