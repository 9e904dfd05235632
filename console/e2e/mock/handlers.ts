// The API as fixtures. Bodies are typed by the generated schema, so that a change of the contract breaks the compile.
import type { components, paths } from "../../src/api/schema";
import { backtest, campaigns, emailHtml, experiment, messages, recommendationOverview } from "./engage";
import { cancel, look, preview, readyMappings, removeUpload, start, upload, uploadList } from "./imports";
import { liveEvents } from "./live";
import { learn, plan, planEntry, putPlanEntry, putUnplanned, removePlanEntry, trial } from "./plan";
import { reject, rejects, rejectTotals, removeReject, replayReject, replayRejects } from "./quarantine";
import { clustering, segmentDetail, segments } from "./segments";
import { countryCounts, customer, customers, overview, recommendations, timeline } from "./shop";
import {
  changeSource,
  createSource,
  guessHook,
  hookWorkbench,
  previewHook,
  removeSource,
  rotateKey,
  sourceDetail,
  sourceList,
} from "./sources";
import { changeStore, storeDetail, storeList } from "./stores";

type Body<Path extends keyof paths> = paths[Path] extends {
  get: { responses: { 200: { content: { "application/json": infer Content } } } };
}
  ? Content
  : never;
type Handler<Path extends keyof paths> = (query: URLSearchParams, path: string[]) => Body<Path> | null;

export interface Answer {
  status: number;
  body: unknown;
}

const session = {
  password_required: false,
  signed_in: true,
  shop: { name: overview.shop_name, currency: overview.currency, time_zone: overview.time_zone, public_url: null },
};
const find = (id?: string) => customers.find((row) => row.id === id);
const campaign = (slug?: string) => campaigns.find((entry) => entry.campaign.slug === slug) ?? null;

function page<T>(all: readonly T[], query: URLSearchParams) {
  const number = Number(query.get("page") ?? 0);
  const size = Number(query.get("page_size") ?? 50);
  return { rows: all.slice(number * size, (number + 1) * size), total: all.length, page: number, page_size: size };
}

const listCustomers: Handler<"/api/v1/customers"> = (query) => {
  const q = query.get("q")?.toLowerCase();
  const matching = customers.filter(
    (row) =>
      (!q || [row.user_id, row.email, row.country].some((text) => text?.toLowerCase().includes(q))) &&
      (!query.get("segment") || row.segments.some((segment) => segment.slug === query.get("segment"))) &&
      (!query.get("country") || row.country === query.get("country")),
  );
  const sort = query.get("sort") ?? "net_revenue";
  const value = (row: (typeof customers)[number]) => row[sort as keyof typeof row] ?? 0;
  const sign = query.get("descending") === "true" ? -1 : 1;
  matching.sort((a, b) => (value(a) < value(b) ? -sign : value(a) > value(b) ? sign : 0));
  return { currency: "GBP", ...page(matching, query) };
};

const quality = (): components["schemas"]["Quality"] => ({
  rows: 541_909,
  events: 25_900,
  clean_events: 25_897,
  rejected: rejects({}).length,
  rules: [
    { source: "online_retail", rule: "rows", rows: 541_909 },
    { source: "online_retail", rule: "missing_customer", rows: 135_080 },
    { source: "online_retail", rule: "cancellation", rows: 9_288 },
    { source: "online_retail", rule: "exact_duplicate", rows: 5_268 },
    { source: "online_retail", rule: "non_product", rows: 2_905 },
    { source: "online_retail", rule: "zero_price", rows: 2_515 },
    { source: "online_retail", rule: "quantity_outlier", rows: 1_204 },
    { source: "online_retail", rule: "some_new_rule", rows: 12 },
  ],
  rejects: rejectTotals(),
});

const listRejects: Handler<"/api/v1/quality/rejects"> = (query) => {
  const found = rejects({ q: query.get("q"), reason: query.get("reason"), source: query.get("source") });
  return page(
    found.filter((row) => query.get("replayable") !== "true" || row.replayable),
    query,
  );
};

const routes: { [Path in keyof paths]?: Handler<Path> } = {
  "/api/v1/session": () => session,
  "/api/v1/overview": () => overview,
  "/api/v1/customers": listCustomers,
  "/api/v1/customers/countries": () => countryCounts,
  "/api/v1/customers/{id}": (_, [id]) => {
    const row = find(id);
    return row ? customer(row) : null;
  },
  "/api/v1/customers/{id}/recommendations": (_, [id]) => (find(id) ? recommendations() : null),
  "/api/v1/customers/{id}/messages": (query, [id]) =>
    page(
      campaigns.flatMap((entry) => messages(entry)).filter((row) => row.customer.id === id),
      query,
    ),
  "/api/v1/customers/{id}/timeline": (query, [id]) => {
    const row = find(id);
    if (!row) return null;
    const from = Number(query.get("before") ?? 0);
    const all = timeline(row);
    return { events: all.slice(from, from + 20), next: from + 20 < all.length ? String(from + 20) : null };
  },
  "/api/v1/segments": () => segments,
  "/api/v1/segments/clustering": () => clustering,
  "/api/v1/segments/{slug}": (_, [slug]) => segmentDetail(slug ?? ""),
  "/api/v1/recommendations": () => recommendationOverview,
  "/api/v1/campaigns": () => campaigns.map((entry) => entry.campaign),
  "/api/v1/campaigns/{slug}": (_, [slug]) => campaign(slug),
  "/api/v1/campaigns/{slug}/messages": (query, [slug]) => {
    const found = campaign(slug);
    const state = query.get("state");
    return (
      found &&
      page(
        messages(found).filter((row) => !state || row.state === state),
        query,
      )
    );
  },
  "/api/v1/campaigns/{slug}/preview": (query) => {
    const row = find(query.get("customer") ?? customers[0]?.id);
    const language = query.get("language") === "zh-CN" ? "zh-CN" : "en";
    if (!row) return null;
    return {
      customer: { id: row.id, user_id: row.user_id },
      language,
      subject: language === "en" ? "We miss you in United Kingdom" : "好久不见，我们为您挑选了几件好物",
      html: emailHtml(language, row.user_id),
      text: `It has been a while\n\nDear customer ${row.user_id}, …\n`,
      warnings: [],
    };
  },
  "/api/v1/campaigns/{slug}/decisions/{customer}": (_, [slug, id]) => {
    const row = find(id);
    const message = campaign(slug) && messages(campaigns[0] as never).find((entry) => entry.customer.id === id);
    if (!row) return null;
    return {
      customer: { id: row.id, user_id: row.user_id },
      choice: message ? "send" : "not_considered",
      in_audience_now: Boolean(message),
      send_probability: message ? 0.9 : null,
      decided_at: message ? "2026-11-22T09:12:00Z" : null,
      run: message ? `run_${slug}` : null,
      message: message ?? null,
    };
  },
  "/api/v1/experiments": () => [experiment.experiment],
  "/api/v1/experiments/{slug}": (_, [slug]) => (slug === experiment.experiment.slug ? experiment : null),
  "/api/v1/backtest": () => backtest,
  "/api/v1/quality": quality,
  "/api/v1/quality/rejects": listRejects,
  "/api/v1/quality/rejects/{id}": (_, [id]) => reject(id),
  "/api/v1/plan": plan,
  "/api/v1/plan/entry": (query) => planEntry(query.get("event")),
  "/api/v1/imports": () => [
    {
      id: "imp_1",
      source: "online_retail",
      file: "online_retail.csv.zst",
      rows: 541_909,
      events: 25_900,
      rejected: 5_268,
      complete: true,
    },
  ],
  "/api/v1/imports/uploads": uploadList,
  "/api/v1/imports/uploads/{id}": (_, [id]) => upload(id),
  "/api/v1/imports/uploads/{id}/look": (_, [id]) => look(id),
  "/api/v1/imports/mappings": () => readyMappings,
  "/api/v1/jobs": () => [],
  "/api/v1/stores": storeList,
  "/api/v1/stores/{code}": (_, [code]) => storeDetail(code),
  "/api/v1/sources": sourceList,
  "/api/v1/sources/{slug}": (_, [slug]) => sourceDetail(slug),
  "/api/v1/sources/{slug}/hook/workbench": (_, [slug]) => hookWorkbench(slug),
};

/** What is not reading: null where there is no such thing. */
const changes: Record<string, (path: string[], body: string, query: URLSearchParams) => Answer | null> = {
  "PUT /api/v1/plan/entry": (_, body) => answered(200, putPlanEntry(JSON.parse(body))),
  "DELETE /api/v1/plan/entry": (_path, _body, query) => answered(200, removePlanEntry(query.get("event"))),
  "PUT /api/v1/plan/unplanned": (_, body) => {
    putUnplanned(JSON.parse(body));
    return { status: 204, body: undefined };
  },
  "POST /api/v1/plan/trial": () => answered(200, trial),
  "POST /api/v1/plan/learn": (_, body) => answered(200, learn(JSON.parse(body))),
  "POST /api/v1/quality/rejects/replay": (_, body) => answered(200, replayRejects(JSON.parse(body))),
  "POST /api/v1/quality/rejects/{id}/replay": ([id], body) => answered(200, replayReject(id, body)),
  "DELETE /api/v1/quality/rejects/{id}": ([id]) => (removeReject(id) ? { status: 204, body: undefined } : null),
  "POST /api/v1/imports/uploads/{id}/preview": ([id], body) => answered(200, preview(id, JSON.parse(body).mapping)),
  "POST /api/v1/imports/uploads/{id}/start": ([id], body) => answered(202, start(id, JSON.parse(body).mapping)),
  "POST /api/v1/imports/uploads/{id}/cancel": ([id]) => answered(200, cancel(id)),
  "DELETE /api/v1/imports/uploads/{id}": ([id]) => (removeUpload(id) ? { status: 204, body: undefined } : null),
  "PATCH /api/v1/stores/{code}": ([code], body) => answered(200, changeStore(code ?? "", JSON.parse(body))),
  "POST /api/v1/sources": (_, body) => answered(201, createSource(JSON.parse(body))),
  "PATCH /api/v1/sources/{slug}": ([slug], body) => answered(200, changeSource(slug, JSON.parse(body))),
  "POST /api/v1/sources/{slug}/hook/preview": ([slug], body) => answered(200, previewHook(slug, JSON.parse(body))),
  "POST /api/v1/sources/{slug}/hook/guess": ([slug], body) => answered(200, guessHook(slug, JSON.parse(body))),
  "POST /api/v1/sources/{slug}/rotate-key": ([slug]) => answered(200, rotateKey(slug)),
  "DELETE /api/v1/sources/{slug}": ([slug]) => (removeSource(slug) ? { status: 204, body: undefined } : null),
};

const answered = (status: number, body: unknown): Answer | null => (body === null ? null : { status, body });
const patternOf = (path: string) => new RegExp(`^${path.replaceAll(/\{[a-z]+\}/g, "([^/]+)")}$`);

const patterns = Object.entries(routes).map(([path, handler]) => ({
  pattern: patternOf(path),
  literal: !path.includes("{"),
  handler: handler as Handler<"/api/v1/session">,
}));
patterns.sort((a, b) => Number(b.literal) - Number(a.literal));

/** What the fixtures answer. */
export function answer(method: string, url: URL, body = ""): Answer {
  return (method === "GET" ? read(url) : change(method, url, body)) ?? nothing(url);
}

function read(url: URL): Answer | null {
  for (const { pattern, handler } of patterns) {
    const match = pattern.exec(url.pathname);
    if (!match) continue;
    const body = handler(url.searchParams, match.slice(1).map(decodeURIComponent));
    if (body !== null) return { status: 200, body };
  }
  return null;
}

function change(method: string, url: URL, body: string): Answer | null {
  for (const [route, handler] of Object.entries(changes)) {
    const match = patternOf(route).exec(`${method} ${url.pathname}`);
    if (match) return handler(match.slice(1).map(decodeURIComponent), body, url.searchParams);
  }
  return null;
}

function nothing(url: URL): Answer {
  const problem: components["schemas"]["Problem"] = {
    type: "urn:bellwether:problem:not_found",
    title: "Not Found",
    status: 404,
    code: "not_found",
    detail: `there is no ${url.pathname}`,
  };
  return { status: 404, body: problem };
}

/** Events as they arrive: some at once, and then nothing more, so that pictures are alike. */
export function live(response: {
  writeHead: (status: number, headers: object) => void;
  write: (text: string) => void;
}) {
  response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
  for (const event of liveEvents) response.write(`data: ${JSON.stringify(event)}\n\n`);
}
