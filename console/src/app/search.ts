// What may stand behind the `?` of each page. Addresses are typed by people and kept in bookmarks, so that everything
// unknown or unusable is dropped in silence instead of breaking the page.

import type { components } from "@/api/schema";

type Raw = Record<string, unknown>;

const text = (value: unknown): string | undefined =>
  typeof value === "string" && value.trim() !== ""
    ? value.slice(0, 200)
    : typeof value === "number"
      ? String(value)
      : undefined;

const page = (value: unknown): number | undefined => {
  const number = Number(value);
  return Number.isInteger(number) && number > 1 && number <= 1_000_000 ? number : undefined;
};

const rowNumber = (value: unknown): number | undefined => {
  const number = Number(value);
  return Number.isSafeInteger(number) && number > 0 ? number : undefined;
};

const count = (value: unknown): number | undefined => (value === 0 || value === "0" ? 0 : rowNumber(value));

const oneOf = <T extends string>(value: unknown, allowed: readonly T[]): T | undefined =>
  allowed.find((entry) => entry === value);

const flag = (value: unknown): boolean | undefined => (typeof value === "boolean" ? value : undefined);

export const customerSorts = [
  "user_id",
  "country",
  "orders",
  "net_revenue",
  "average_order",
  "last_order",
  "returns_share",
] as const;
export type CustomerSort = (typeof customerSorts)[number];

/** `page` counts from 1, as people do. */
export interface CustomersSearch {
  q?: string;
  segment?: string;
  country?: string;
  sort?: CustomerSort;
  descending?: boolean;
  page?: number;
}

export const customers = (raw: Raw): CustomersSearch =>
  compact({
    q: text(raw.q),
    segment: text(raw.segment),
    country: text(raw.country),
    sort: oneOf(raw.sort, customerSorts),
    descending: flag(raw.descending),
    page: page(raw.page),
  });

export const customerTabs = ["timeline", "recommendations", "messages"] as const;
export interface CustomerSearch {
  tab?: (typeof customerTabs)[number];
  message?: string;
}

export const customer = (raw: Raw): CustomerSearch =>
  compact({ tab: oneOf(raw.tab, customerTabs), message: text(raw.message) });

export const campaignTabs = ["audience", "content", "deliveries"] as const;
export interface CampaignSearch {
  tab?: (typeof campaignTabs)[number];
  customer?: string;
  state?: string;
  page?: number;
}

export const campaign = (raw: Raw): CampaignSearch =>
  compact({
    tab: oneOf(raw.tab, campaignTabs),
    customer: text(raw.customer),
    state: text(raw.state),
    page: page(raw.page),
  });

export interface RecommendationsSearch {
  customer?: string;
}

export const recommendations = (raw: Raw): RecommendationsSearch => compact({ customer: text(raw.customer) });

export interface ExperimentSearch {
  metric?: string;
}

export const experiment = (raw: Raw): ExperimentSearch => compact({ metric: text(raw.metric) });

/** Ways to send events, in the order in which they are offered. */
export const starts = ["browser", "analytics-next", "node", "python", "curl"] as const;
export type Start = (typeof starts)[number];
export interface SourceSearch {
  start?: Start;
}

export const source = (raw: Raw): SourceSearch => compact({ start: oneOf(raw.start, starts) });

/** The store that is open beside the list. */
export interface StoresSearch {
  store?: string;
}

export const stores = (raw: Raw): StoresSearch => compact({ store: text(raw.store) });

/** The six calls that an event can be. */
export const kinds = ["track", "identify", "page", "screen", "group", "alias"] as const;
export interface LiveSearch {
  q?: string;
  event?: string;
  kind?: (typeof kinds)[number];
  source?: string;
}

export const live = (raw: Raw): LiveSearch =>
  compact({ q: text(raw.q), event: text(raw.event), kind: oneOf(raw.kind, kinds), source: text(raw.source) });

/** The entry of the plan that is looked at. */
export interface PlanSearch {
  event?: string;
  source?: string;
}

export const plan = (raw: Raw): PlanSearch => compact({ event: text(raw.event), source: text(raw.source) });

type Reason = components["schemas"]["RejectReasonName"];
/** Why something is in quarantine: all of it, also what nothing is there for at present. */
const reasons = Object.keys({
  field_count: true,
  broken_quote: true,
  row_too_long: true,
  encoding: true,
  bad_number: true,
  bad_date: true,
  truncated: true,
  missing_field: true,
  exact_duplicate: true,
  duplicate_event: true,
  malformed: true,
  not_mapped: true,
  plan_violation: true,
  unplanned_event: true,
} satisfies Record<Reason, true>) as Reason[];

export const qualityTabs = ["summary", "quarantine"] as const;
export interface QualitySearch {
  tab?: (typeof qualityTabs)[number];
  q?: string;
  source?: string;
  reason?: Reason;
  /** Only what one import has brought: behind this row, and up to that one. */
  behind?: number;
  upTo?: number;
  page?: number;
  /** The number of the row that is looked at. */
  row?: number;
}

export const quality = (raw: Raw): QualitySearch =>
  compact({
    tab: oneOf(raw.tab, qualityTabs),
    q: text(raw.q),
    source: text(raw.source),
    reason: oneOf(raw.reason, reasons),
    behind: count(raw.behind),
    upTo: rowNumber(raw.upTo),
    page: page(raw.page),
    row: rowNumber(raw.row),
  });

function compact<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, entry]) => entry !== undefined)) as T;
}
