import type { StoreSummary } from "@/api/types";
import { useFormat } from "@/format/useFormat";

/** What a store is called; its code where nobody has named it. */
export const titleOf = (store: StoreSummary) => store.name || store.code;

/** "Wien, AT" */
export const placeOf = (store: StoreSummary) => [store.city, store.country].filter(Boolean).join(", ");

/** Events and orders of the days that are shown. */
export const daysOf = (store: StoreSummary) =>
  store.days.reduce((sum, day) => ({ events: sum.events + day.events, orders: sum.orders + day.orders }), {
    events: 0,
    orders: 0,
  });

/** Amounts of all currencies; a dash where nothing was sold. */
export function useRevenue(): (store: StoreSummary) => string {
  const format = useFormat();
  return ({ revenue }) => revenue.map(({ amount, currency }) => format.money(amount, currency)).join(" + ") || "–";
}
