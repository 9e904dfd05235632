// Sources as fixtures that can be changed: what is made, renamed or removed stays so until `resetSources`.
import type { components } from "../../src/api/schema";
import { seeded } from "./random";

type Schemas = components["schemas"];
type Summary = Schemas["SourceSummary"];
interface Kept {
  summary: Omit<Summary, "status" | "rate" | "last_event_at" | "last_error" | "days">;
  key: string;
  /** Seconds since the last event. */
  silence?: number;
  perMinute: number;
  daily: number;
  problems: string[];
  hook?: Schemas["HookDetail"];
}

const second = 1_000;
const day = 86_400 * second;
const started = Date.now() - 5 * 3_600 * second;
let sources: Kept[] = [];
let keys = 0;

const iso = (time: number) => new Date(time).toISOString();
const nextKey = () => {
  keys += 1;
  const random = seeded(keys);
  return Array.from({ length: 32 }, () => Math.floor(random() * 16).toString(16)).join("");
};

function keep(slug: string, name: string, kind: Summary["kind"], rest: Partial<Omit<Kept, "summary">> = {}): Kept {
  const summary = { id: `src_${slug}`, slug, name, kind, enabled: true, created_at: iso(Date.now() - 40 * day) };
  return { summary, key: nextKey(), perMinute: 0, daily: 0, problems: [], ...rest };
}

/** The sources of a shop that has worked with them for a while. */
export function resetSources(): void {
  keys = 0;
  sources = [
    keep("app", "iOS app", "mobile"),
    keep("erp", "ERP", "webhook", {
      silence: 9 * 86_400,
      daily: 40,
      problems: ["event 3: `userId` and `anonymousId` are both missing; send one of them"],
    }),
    keep("online-shop", "Online shop", "website", {
      silence: 4,
      perMinute: 37,
      daily: 12_000,
      problems: [
        "event 12, property `timestamp`: `yesterday` is no time; send ISO 8601 such as 2026-11-22T09:12:00Z",
        "the body is no JSON: it ends in the middle of a text at byte 4,096",
      ],
    }),
    keep("till", "收银系统", "server", { silence: 2 * 86_400 + 5_000, daily: 800 }),
  ];
  const erp = find("erp");
  if (erp) erp.summary.enabled = false;
}
resetSources();

/** Forgets every source, as before anybody made one. */
export function clearSources(): void {
  sources = [];
}

function find(slug?: string): Kept | undefined {
  return sources.find((source) => source.summary.slug === slug);
}

function daysOf({ daily, silence = 0, problems, summary }: Kept, now: number): Summary["days"] {
  const random = seeded(summary.slug.length + 3);
  const lastDay = 29 - Math.floor((silence * second) / day);
  return Array.from({ length: 30 }, (_, index) => {
    const events = index <= lastDay ? Math.round(daily * (0.55 + 0.6 * random()) * (index === 29 ? 0.4 : 1)) : 0;
    return {
      day: iso(now - (29 - index) * day).slice(0, 10),
      events,
      rejected: problems.length > 0 && index % 9 === 4 && index <= lastDay ? Math.round(events * 0.01) : 0,
    };
  });
}

function problemsOf({ problems, silence = 0 }: Kept, now: number): Schemas["SourceProblem"][] {
  return problems.map((message, index) => ({ at: iso(now - (silence + 1_800) * second - index * 2 * day), message }));
}

function summarize(kept: Kept, now: number): Summary {
  const { summary, silence, perMinute, daily } = kept;
  const heard = silence === undefined ? null : iso(now - silence * second);
  return {
    ...summary,
    status: !summary.enabled ? "disabled" : silence === undefined ? "never" : silence < 3_600 ? "live" : "silent",
    rate: {
      last_minute: perMinute,
      last_hour: perMinute * 58,
      last_day: perMinute > 0 ? Math.round(daily * 0.7) : 0,
      rejected_last_day: perMinute > 0 ? 3 : 0,
      since: iso(started),
    },
    last_event_at: heard,
    last_error: problemsOf(kept, now)[0] ?? null,
    days: daysOf(kept, now),
  };
}

/** `GET /sources`. */
export function sourceList(): Schemas["SourceList"] {
  const now = Date.now();
  const all = [...sources].sort((a, b) => (a.summary.slug < b.summary.slug ? -1 : 1));
  return { as_of: iso(now), sources: all.map((source) => summarize(source, now)) };
}

/** `GET /sources/{slug}`. */
export function sourceDetail(slug?: string): Schemas["SourceDetail"] | null {
  const kept = find(slug);
  const now = Date.now();
  return (
    (kept && {
      as_of: iso(now),
      source: summarize(kept, now),
      write_key: kept.key,
      hook: kept.hook ?? null,
      problems: problemsOf(kept, now),
    }) ??
    null
  );
}

/** `POST /sources`. */
export function createSource({ name, kind, hook }: Schemas["NewSource"]): Schemas["SourceDetail"] | null {
  const base =
    name
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, "-")
      .replaceAll(/^-|-$/g, "") || kind;
  let slug = base;
  for (let number = 2; find(slug); number += 1) slug = `${base}-${number}`;
  const kept = keep(slug, name, kind, hook ? { hook: newHook(slug, hook.system) } : {});
  kept.summary.hook_system = hook?.system;
  kept.summary.created_at = iso(Date.now());
  sources.push(kept);
  return sourceDetail(slug);
}

function newHook(slug: string, system: Schemas["HookSystemName"]): Schemas["HookDetail"] {
  const isGeneric = system === "generic";
  return {
    system,
    path: `/v1/hooks/${slug}`,
    has_secret: false,
    signature_header: isGeneric ? "x-signature" : null,
    signature_scheme: isGeneric ? "hmac_sha256_hex" : null,
    ready_mapping: isGeneric ? null : `kind = "events"\nsource = "${system}"\n`,
    last_refusal: { at: iso(Date.now() - 90 * second), message: "the source has no secret yet; enter it on its page" },
  };
}

/** `PATCH /sources/{slug}`. */
export function changeSource(slug: string | undefined, { hook, ...change }: Schemas["SourceChange"]) {
  const kept = find(slug);
  if (kept) kept.summary = { ...kept.summary, ...(change as Partial<Kept["summary"]>) };
  if (kept?.hook && hook) {
    const { secret, mapping, ...signature } = hook;
    kept.hook = { ...kept.hook, ...signature, last_refusal: null };
    if (secret)
      Object.assign(kept.hook, { has_secret: true, secret_hint: secret.length < 16 ? null : secret.slice(-4) });
    if (mapping !== undefined) kept.hook.mapping = mapping || null;
  }
  return sourceDetail(slug);
}

/** `POST /sources/{slug}/rotate-key`. */
export function rotateKey(slug?: string) {
  const kept = find(slug);
  if (kept) kept.key = nextKey();
  return sourceDetail(slug);
}

/** `DELETE /sources/{slug}`; whether there was one. */
export function removeSource(slug?: string): boolean {
  const before = sources.length;
  sources = sources.filter((source) => source.summary.slug !== slug);
  return sources.length < before;
}

/** An event comes from a source. */
export function hearFrom(slug: string): void {
  const kept = find(slug);
  if (kept) Object.assign(kept, { silence: 0, perMinute: 1, daily: 1 });
}

/** `GET /sources/{slug}/hook/workbench`. */
export function hookWorkbench(slug?: string): Schemas["HookWorkbench"] | null {
  const kept = find(slug);
  if (!kept?.hook) return null;
  const body = '{"id":7,"guest":"ann@example.com"}';
  const headers = { "x-event": "booking.confirmed" };
  return {
    samples: [
      { origin: "last", at: iso(Date.now() - 60 * second), headers, body },
      { origin: "example", at: null, headers, body: '{"id": 8}' },
    ],
    mappings: kept.hook.system === "generic" ? [{ name: "ses", kind: "events", text: "# SES\n" }] : [],
  };
}

/** `POST /sources/{slug}/hook/preview`: an event for what can be read, and what is wrong with a mapping that says so. */
export function previewHook(slug: string | undefined, trial: Schemas["HookTrial"]): Schemas["HookPreview"] | null {
  if (!find(slug)?.hook) return null;
  const nothing = { events: [], event_count: 0, problems: [], problem_count: 0, left_out: 0, headers: ["x-event"] };
  if (trial.mapping?.includes("wrong"))
    return { ...nothing, mapping_problem: { line: 2, column: 1, message: "`wrong` is no key" } };
  try {
    const { id, guest } = JSON.parse(trial.body);
    const event = { messageId: `m-${id}`, type: "track", event: trial.headers?.["x-event"] ?? "?", userId: guest };
    return { ...nothing, events: [{ ...event, timestamp: iso(0), properties: { id } }], event_count: 1 };
  } catch {
    return { ...nothing, body_problem: "the body is not JSON" };
  }
}

/** `POST /sources/{slug}/hook/guess`. */
export function guessHook(slug: string | undefined, { body }: Schemas["HookExample"]): Schemas["MappingDraft"] | null {
  return find(slug)?.hook ? { mapping: `# A draft, guessed from ${body.length} bytes\nkind = "events"\n` } : null;
}
