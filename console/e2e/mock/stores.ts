// Stores as fixtures that can be changed: what is said of one stays so until `resetStores`.
import type { components } from "../../src/api/schema";
import { seeded } from "./random";

type Schemas = components["schemas"];
type Summary = Schemas["StoreSummary"];

const day = 86_400_000;
const iso = (time: number) => new Date(time).toISOString();

function store(code: string, rest: Partial<Summary>, daily: number): Summary {
  const random = seeded(code.length + daily);
  const now = Date.now();
  const days = Array.from({ length: 30 }, (_, index) => {
    const orders = Math.round(daily * (0.4 + 0.9 * random()));
    return { day: iso(now - (29 - index) * day).slice(0, 10), events: Math.round(orders * 1.15), orders };
  });
  return {
    code,
    name: "",
    city: "",
    address: "",
    country: "",
    tags: [],
    created_at: iso(now - 400 * day),
    events: daily * 460,
    orders: daily * 400,
    refunds: daily * 12,
    revenue: daily > 0 ? [{ currency: "EUR", amount: daily * 400 * 31.4 }] : [],
    last_event_at: daily > 0 ? iso(now - 240_000) : null,
    days,
    ...rest,
  };
}

const usual = (): Summary[] => [
  store("VIE-01", { name: "Graben", city: "Wien", country: "AT", address: "Graben 21, 1010", tags: ["flagship"] }, 64),
  store("VIE-02", { name: "Mariahilfer Straße", city: "Wien", country: "AT", opened: "2024-03-01" }, 41),
  store(
    "SHA-07",
    { name: "南京西路店", city: "上海", country: "CN", revenue: [{ currency: "CNY", amount: 912_345.5 }] },
    88,
  ),
  store(
    "ZRH-01",
    {
      revenue: [
        { currency: "CHF", amount: 10_120 },
        { currency: "EUR", amount: 312.4 },
      ],
    },
    9,
  ),
  store("LNZ-01", { name: "Linz", city: "Linz", country: "AT", edited_at: iso(Date.now() - day) }, 0),
];
let stores = usual();

/** As in the beginning. */
export function resetStores(): void {
  stores = usual();
}

/** Forgets every store, as before the first receipt. */
export function clearStores(): void {
  stores = [];
}

/** `GET /stores`. */
export function storeList(): Schemas["StoreList"] {
  const sorted = [...stores].sort((a, b) => (a.code < b.code ? -1 : 1));
  return { as_of: iso(Date.now()), stores: sorted };
}

/** `GET /stores/{code}`. */
export function storeDetail(code?: string): Schemas["StoreDetail"] | null {
  const found = stores.find((entry) => entry.code === code);
  return found ? { as_of: iso(Date.now()), store: found } : null;
}

/** `PATCH /stores/{code}`. */
export function changeStore(code: string, change: Schemas["StoreChange"]): Schemas["StoreDetail"] {
  const before = stores.find((entry) => entry.code === code) ?? store(code, {}, 0);
  const said = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
  const changed = { ...before, ...said, edited_at: iso(Date.now()) } as Summary;
  stores = [...stores.filter((entry) => entry.code !== code), changed];
  return { as_of: iso(Date.now()), store: changed };
}
