// A tracking plan that can be changed, for tests.
import type { components } from "../../src/api/schema";

type Schemas = components["schemas"];
type Row = Schemas["PlanRow"];
type Change = Schemas["PlanChangeRow"];

const at = "2026-11-22T10:00:00Z";
const price = { type: "object", required: ["price"], properties: { price: { type: "number", minimum: 0 } } };

let history: Change[] = [];
let unplanned: Schemas["PlanModeName"] = "watch";

/** What was changed, for tests to look at. */
export let planChanges: unknown[] = [];

export function resetPlan(): void {
  unplanned = "watch";
  planChanges = [];
  history = [
    change(2, "Product Viewed", "flag", price, "prices are needed"),
    change(1, "Product Viewed", "watch", { type: "object" }, "learned"),
  ];
}

function change(
  version: number,
  event: string,
  mode: Schemas["PlanModeName"] | null,
  schema: object | null,
  note: string,
): Change {
  return { version, event, source: null, mode, schema: schema as Change["schema"], author: "administrator", note, at };
}

function row(event: string, values: Partial<Row>): Row {
  return {
    event,
    source: null,
    planned: false,
    mode: unplanned,
    version: null,
    changed_at: null,
    checked: 0,
    failed: 0,
    last_problem: null,
    seen: 0,
    ...values,
  };
}

export function plan(): Schemas["Plan"] {
  const newest = new Map<string, Change>();
  for (const change of history) if (change.event && !newest.has(change.event)) newest.set(change.event, change);
  const planned = [...newest.values()].filter((entry) => entry.mode);
  const problem = '/price: "59.90" is not of type "number"';
  const rows = planned.map((entry) =>
    row(entry.event ?? "", {
      planned: true,
      mode: entry.mode ?? "watch",
      version: entry.version,
      changed_at: entry.at,
      checked: 1_204,
      failed: 17,
      last_problem: problem,
      seen: 36_120,
    }),
  );
  const others = ["Checkout Started", "page"].filter((name) => !newest.get(name)?.mode);
  return {
    version: history[0]?.version ?? 0,
    unplanned,
    unplanned_change: null,
    events: [...rows, ...others.map((name) => row(name, { seen: 812, checked: 40, failed: 40 }))],
  };
}

export function planEntry(event: string | null): Schemas["PlanEntry"] | null {
  if (!event) return null;
  const own = history.filter((entry) => entry.event === event);
  const newest = own[0];
  return { event, source: null, current: newest?.mode ? newest : null, history: own };
}

export function putPlanEntry(body: unknown): Schemas["PlanEntry"] | null {
  const { event, mode, schema, note } = body as Schemas["EntryChange"];
  planChanges.push(body);
  history.unshift(change((history[0]?.version ?? 0) + 1, event, mode ?? "watch", schema ?? {}, note ?? ""));
  return planEntry(event);
}

export function removePlanEntry(event: string | null): Schemas["PlanEntry"] | null {
  history.unshift(change((history[0]?.version ?? 0) + 1, event ?? "", null, null, ""));
  return planEntry(event);
}

export function putUnplanned(body: unknown): void {
  unplanned = (body as Schemas["UnplannedChange"]).mode;
}

export const trial: Schemas["TrialResult"] = {
  tried: 1_000,
  failed: 17,
  problems: [{ path: "/price", rule: "type", events: 17 }],
  examples: [
    {
      id: "evt_00000000000000000000000000000001",
      time: at,
      source: "online-shop",
      properties: { price: "59.90", product_id: "sku-1" },
      problems: [{ path: "/price", rule: "type", message: '"59.90" is not of type "number"' }],
    },
  ],
};

export function learn(body: unknown): Schemas["Learned"] {
  const { event } = (body ?? {}) as Schemas["Learn"];
  const proposal = (name: string, events: number, wouldFail: number): Schemas["PlanProposal"] => ({
    event: name,
    events,
    would_fail: wouldFail,
    planned: name === "Product Viewed",
    schema: { type: "object", required: ["cart_id"], properties: { cart_id: { type: "string" } } } as never,
    fields: [{ path: "/cart_id", seen: events, of: events, types: { string: events } }],
  });
  const all = [proposal("Checkout Started", 812, 2), proposal("Product Viewed", 36_120, 17), proposal("page", 812, 0)];
  const proposals = all.filter((entry) => !event || entry.event === event);
  return { events: 37_744, left_out: 0, too_varied: event ? [] : ["App Crashed"], proposals };
}

resetPlan();
