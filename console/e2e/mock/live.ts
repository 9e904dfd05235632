// Events as they would arrive.
import type { components } from "../../src/api/schema";

type LiveEvent = components["schemas"]["LiveEvent"];

/** One of them; what is not said is usual. */
export function liveEvent(number: number, values: Partial<LiveEvent> = {}): LiveEvent {
  return {
    id: `evt_${String(number).padStart(32, "0")}`,
    source: "online-shop",
    name: "Product Viewed",
    kind: "track",
    time: "2026-11-22T10:00:00Z",
    received_at: `2026-11-22T10:00:${String(number % 60).padStart(2, "0")}Z`,
    user_id: `c-${number}`,
    anonymous_id: null,
    bot_probability: null,
    properties: { product_id: `sku-${number}`, price: 59.9, currency: "USD" },
    traits: null,
    context: null,
    plan_problems: [],
    ...values,
  };
}

export const liveEvents: LiveEvent[] = [
  liveEvent(1),
  liveEvent(2, { name: "page", kind: "page", user_id: null, anonymous_id: "b7a1", bot_probability: 0.94 }),
  liveEvent(3, { name: "identify", kind: "identify", traits: { email: "ann@example.com" }, properties: null }),
  liveEvent(4, {
    plan_problems: [{ path: "/price", rule: "type", message: '"59.90" is not of type "number"' }],
  }),
  liveEvent(5, { name: "Order Completed", source: "till" }),
];
