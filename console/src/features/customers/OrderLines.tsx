import { Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { TimelineEntry } from "@/api/types";
import { type Column, DataTable } from "@/components/DataTable";
import { StatusBadge } from "@/components/StatusBadge";
import { TwoLines } from "@/components/TwoLines";
import { useFormat } from "@/format/useFormat";
import classes from "./Customer.module.css";

type Order = NonNullable<TimelineEntry["order"]>;
type Line = Order["lines"][number];

/** What was in an order, with what cleaning noticed about it and where it came from. */
export function OrderLines({ event, order }: { event: TimelineEntry; order: Order }) {
  const { t } = useTranslation("customers");
  const format = useFormat();
  const money = (amount: number) => format.money(amount, order.currency, { exact: true });
  const flags = (line: Line) =>
    line.flags.map((flag) => (
      <StatusBadge key={flag} tone="warn">
        {t(`flag.${flag}`)}
      </StatusBadge>
    ));
  const columns: Column<Line>[] = [
    {
      key: "name",
      header: t("line.product"),
      cell: (line) => (
        <>
          {line.name || line.product} {flags(line)}
          <Text component="span" size="xs" c="dimmed" display="block" fw={400}>
            {line.product}
          </Text>
        </>
      ),
    },
    { key: "quantity", header: t("line.quantity"), end: true, cell: (line) => format.number(line.quantity, 2) },
    { key: "price", header: t("line.price"), end: true, cell: (line) => money(line.price) },
    { key: "value", header: t("line.value"), end: true, cell: (line) => money(line.value) },
  ];
  return (
    <div className={classes.lines}>
      <DataTable
        caption={t("timeline.order", { id: order.order_id })}
        columns={columns}
        rows={order.lines}
        rowKey={(line) => String(line.source_line)}
        card={(line) => (
          <TwoLines
            title={line.name || line.product}
            end={money(line.value)}
            text={flags(line)}
            note={`${format.number(line.quantity, 2)} × ${money(line.price)}`}
          />
        )}
      />
      <Text size="xs" c="dimmed" px={18} py={10} style={{ borderTop: "1px solid var(--bw-border)" }}>
        {t("timeline.source", { source: event.source, line: event.source_line ?? "–" })}
        {order.fees !== 0 && ` · ${t("timeline.fees", { amount: money(order.fees) })}`}
      </Text>
    </div>
  );
}
