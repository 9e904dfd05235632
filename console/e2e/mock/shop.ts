import type {
  Customer,
  CustomerListRow,
  CustomerRecommendations,
  CustomerTouch,
  Overview,
  TimelineEntry,
} from "../../src/api/types";
import { seeded } from "./random";
import { segments } from "./segments";

const countries: [string, number][] = [
  ["United Kingdom", 3_950],
  ["Germany", 95],
  ["France", 87],
  ["Spain", 31],
  ["Belgium", 25],
  ["Switzerland", 21],
  ["Portugal", 19],
  ["EIRE", 3],
];

const products: [string, string, string, number][] = [
  ["22423", "REGENCY CAKESTAND 3 TIER", "Kitchen", 12.75],
  ["85123A", "WHITE HANGING HEART T-LIGHT HOLDER", "Home decoration", 2.95],
  ["47566", "PARTY BUNTING", "Party", 4.95],
  ["85099B", "JUMBO BAG RED RETROSPOT", "Bags", 2.08],
  ["22086", "PAPER CHAIN KIT 50'S CHRISTMAS", "Christmas", 2.95],
  ["84879", "ASSORTED COLOUR BIRD ORNAMENT", "Home decoration", 1.69],
  ["79321", "CHILLI LIGHTS", "Home decoration", 5.75],
  ["22386", "JUMBO BAG PINK POLKADOT", "Bags", 2.08],
  ["21137", "BLACK RECORD COVER FRAME", "Home decoration", 3.75],
  ["20725", "LUNCH BAG RED RETROSPOT", "Bags", 1.65],
];

const day = 86_400_000;
const iso = (time: number) => new Date(time).toISOString();
const end = Date.UTC(2011, 11, 9, 12, 50);

function makeCustomers(): CustomerListRow[] {
  const random = seeded(7);
  const rows: CustomerListRow[] = [];
  for (let index = 0; index < 4_372; index += 1) {
    const orders = Math.max(1, Math.round(1 / (random() + 0.012)));
    const average = 60 + 700 * random() ** 2;
    const recency = Math.round(370 * random() ** 2.2);
    const returns = random() < 0.3 ? random() * 0.12 : 0;
    const revenue = orders * average;
    const score = (value: number) => Math.min(5, Math.max(1, Math.ceil(value * 5)));
    const rfm = {
      recency: score(1 - recency / 370),
      frequency: score(Math.min(1, orders / 9)),
      monetary: score(Math.min(1, revenue / 3_000)),
    };
    const named = segments[Math.floor(random() * 11)];
    const group = segments[11 + Math.floor(random() * 5)];
    rows.push({
      id: `prf_${String(index).padStart(32, "0")}`,
      user_id: String(12_346 + index),
      email: `customer-${12_346 + index}@example.com`,
      country: pickCountry(random()),
      orders,
      revenue,
      net_revenue: revenue * (1 - returns),
      average_order: average,
      returns_share: returns,
      recency_days: recency,
      first_order: iso(end - (recency + 200 * random()) * day),
      last_order: iso(end - recency * day),
      rfm,
      segments: [named, group].flatMap((segment) =>
        segment ? [{ slug: segment.slug, name: segment.name, kind: segment.kind }] : [],
      ),
    });
  }
  return rows;
}

function pickCountry(at: number): string {
  let left = at * 4_231;
  for (const [country, count] of countries) {
    left -= count;
    if (left < 0) return country;
  }
  return "United Kingdom";
}

export const customers = makeCustomers();
export const countryCounts = countries.map(([country, count]) => ({ country, customers: count }));

function touch(
  time: string,
  channel: CustomerTouch["channel"],
  source: string,
  medium: string,
  campaign?: string,
): CustomerTouch {
  return { time, channel, source, medium, campaign, landing_page: "https://shop.example.com/lanterns" };
}

export function customer(row: CustomerListRow): Customer {
  const hours = Array.from({ length: 24 }, (_, hour) =>
    hour > 7 && hour < 18 ? Math.max(0, 7 - Math.abs(hour - 12)) : 0,
  );
  const level = (feature: string, standardized: number): NonNullable<Customer["features"]>["standing"][number] => ({
    feature,
    standardized,
    level:
      standardized < -1.5
        ? "very_low"
        : standardized < -0.5
          ? "low"
          : standardized <= 0.5
            ? "typical"
            : standardized <= 1.5
              ? "high"
              : "very_high",
  });
  return {
    id: row.id,
    user_id: row.user_id,
    email: row.email,
    country: row.country,
    traits: { country: row.country, email: row.email },
    first_seen: row.first_order ?? iso(end),
    last_seen: row.last_order ?? iso(end),
    events: row.orders + 1,
    currency: "GBP",
    first_touch: touch(row.first_order ?? iso(end), "organic_search", "google", "organic"),
    latest_touch: touch(row.last_order ?? iso(end), "email", "newsletter", "email", "Spring news"),
    commerce: {
      orders: row.orders,
      refunds: 2,
      units: row.orders * 141,
      revenue: row.revenue,
      refunded: row.revenue - row.net_revenue,
      net_revenue: row.net_revenue,
      fees: 18,
      first_order: row.first_order,
      last_order: row.last_order,
    },
    features: {
      as_of: "2011-12-10T00:00:00Z",
      recency_days: row.recency_days ?? 0,
      frequency: row.orders,
      monetary: row.net_revenue,
      tenure_days: 301,
      average_order: row.average_order ?? 0,
      units_per_order: 141,
      distinct_products: 103,
      returns_share: row.returns_share ?? 0,
      days_between_orders: 38.2,
      favourite_categories: [
        { name: "Home decoration", share: 0.31 },
        { name: "Bags", share: 0.22 },
        { name: "Kitchen", share: 0.18 },
      ],
      orders_by_hour: hours,
      rfm: row.rfm,
      standing: [
        level("recency_days", -1.2),
        level("frequency", 2.3),
        level("monetary", 1.9),
        level("tenure_days", 0.4),
        level("average_order", 0.7),
        level("units_per_order", -0.1),
        level("distinct_products", 1.1),
        level("returns_share", -0.6),
      ],
    },
    segments: row.segments.map((reference) => ({
      ...reference,
      description: segments.find((segment) => segment.slug === reference.slug)?.description ?? reference.name,
    })),
    subjects: ["sub_1"],
  };
}

export function recommendations(): CustomerRecommendations {
  return {
    currency: "GBP",
    model: "mdl_1",
    model_kind: "als",
    items: products.map(([product, name, category, price], index) => ({
      rank: index + 1,
      product,
      name,
      category,
      price,
      score: 0.9 - index * 0.05,
      reason:
        index % 4 === 3
          ? { kind: "popular" as const }
          : { kind: "because_bought" as const, product: "85123A", name: products[(index + 3) % 10]?.[1] ?? "" },
    })),
  };
}

export function timeline(row: CustomerListRow): TimelineEntry[] {
  const random = seeded(Number(row.user_id));
  return Array.from({ length: Math.min(60, row.orders + 6) }, (_, index) => {
    const time = Date.parse(row.last_order ?? iso(end)) - index * 11 * day;
    const refund = index % 5 === 3;
    const lines = products.slice(index % 4, (index % 4) + 5).map(([product, name, , price], line) => {
      const quantity = (refund ? -1 : 1) * (1 + Math.floor(random() * 24));
      return {
        product,
        name,
        quantity,
        price,
        value: quantity * price,
        flags: line === 1 && index === 0 ? (["quantity_outlier"] as const).slice() : [],
        source_line: 1_000 + index * 20 + line,
      };
    });
    return {
      id: `evt_${row.user_id}_${index}`,
      name: refund ? "Order Refunded" : "Order Completed",
      time: iso(time),
      utc_offset_minutes: 0,
      source: "online_retail",
      source_line: 1_000 + index * 20,
      order: {
        order_id: `${refund ? "C" : ""}${536_365 + index * 17}`,
        kind: refund ? ("refunded" as const) : ("completed" as const),
        currency: "GBP",
        value: lines.reduce((sum, line) => sum + line.value, 0),
        fees: index === 2 ? 18 : 0,
        lines,
      },
      properties: null,
      // Nothing speaks for a program, and nothing is off the plan.
      plan_problems: [],
    };
  });
}

function trend(): Pick<Overview, "daily" | "monthly"> {
  const random = seeded(3);
  const daily: Overview["daily"] = [];
  for (let time = Date.UTC(2010, 11, 1); time <= end; time += day) {
    const date = iso(time).slice(0, 10);
    const closed = new Date(time).getUTCDay() === 6;
    const season = 1 + 0.9 * Math.exp(-(((time - Date.UTC(2011, 10, 15)) / (40 * day)) ** 2));
    const orders = closed ? 0 : Math.round(48 * season * (0.75 + 0.5 * random()));
    const revenue = orders * (430 + 160 * random());
    daily.push({ date, orders, customers: Math.round(orders * 0.8), revenue, refunded: revenue * 0.02 * random() });
  }
  const monthly = new Map<string, Overview["monthly"][number]>();
  for (const point of daily) {
    const date = `${point.date.slice(0, 7)}-01`;
    const sum = monthly.get(date) ?? { date, orders: 0, customers: 0, revenue: 0, refunded: 0 };
    sum.orders += point.orders;
    sum.customers = Math.max(sum.customers, Math.round(sum.orders * 0.6));
    sum.revenue += point.revenue;
    sum.refunded += point.refunded;
    monthly.set(date, sum);
  }
  return { daily, monthly: [...monthly.values()] };
}

export const overview: Overview = {
  shop_name: "Online Retail",
  currency: "GBP",
  time_zone: "Europe/London",
  data_range: { first: "2010-12-01T08:26:00Z", last: "2011-12-09T12:50:00Z" },
  totals: {
    customers: 4_372,
    orders: 19_960,
    refunds: 3_837,
    products: 3_941,
    gross_revenue: 10_262_114.41,
    refunded: 541_208.62,
    net_revenue: 9_720_905.79,
    refunds_share: 0.0527,
    average_order: 514.13,
    anonymous_orders_share: 0.071,
    anonymous_revenue_share: 0.147,
  },
  active_campaigns: 0,
  campaigns: 3,
  ...trend(),
  funnel: [
    { step: "collected", unit: "events", count: 25_900 },
    { step: "clean", unit: "events", count: 25_897 },
    { step: "identified", unit: "customers", count: 4_372 },
    { step: "recommended", unit: "customers", count: 4_339 },
    { step: "targeted", unit: "customers", count: 2_218 },
    { step: "sent", unit: "messages", count: 1_998 },
    { step: "ordered_again", unit: "customers", count: 812 },
  ],
  top_countries: [
    { country: "United Kingdom", customers: 3_950, net_revenue: 8_167_128.18 },
    { country: "Netherlands", customers: 9, net_revenue: 284_661.54 },
    { country: "EIRE", customers: 3, net_revenue: 262_993.37 },
    { country: "Germany", customers: 95, net_revenue: 221_509.47 },
    { country: "France", customers: 87, net_revenue: 197_317.11 },
    { country: "Australia", customers: 9, net_revenue: 137_009.77 },
    { country: "Switzerland", customers: 21, net_revenue: 55_739.4 },
    { country: "Spain", customers: 31, net_revenue: 54_756.03 },
  ],
  top_products: products.map(([product, name, category, price], index) => ({
    product,
    name,
    category,
    units: 36_000 - index * 2_700,
    revenue: 164_762.19 - index * 13_120.4 + price,
    orders: 1_988 - index * 141,
  })),
  segments: segments.map(({ slug, name, kind, size, share, revenue_share }) => ({
    slug,
    name,
    kind,
    size,
    share,
    revenue_share,
  })),
  last_import: {
    source: "online_retail",
    file: "online_retail.csv.zst",
    rows: 541_909,
    events: 25_900,
    rejected: 5_268,
    complete: true,
  },
  alerts: [{ level: "info", message: { code: "messages_unknown", params: { count: 2 } } }],
};
