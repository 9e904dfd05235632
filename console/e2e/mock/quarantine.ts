// The quarantine as a fixture that can be changed: what is sent again or removed is gone until `resetQuarantine`.
import type { components } from "../../src/api/schema";

type Schemas = components["schemas"];
type Row = Schemas["RejectRow"];

const ofFile = (index: number): Row => {
  const line = 519 + index * 7;
  const badNumber = index % 660 === 1;
  return {
    id: 5_268 - index,
    source: "online_retail",
    line,
    field: badNumber ? "UnitPrice" : null,
    reason: badNumber ? "bad_number" : "exact_duplicate",
    detail: badNumber
      ? `line ${line}, column UnitPrice: \`12,50\` is not a decimal number; write 12.50, or set decimal = "," in the mapping`
      : `line ${line} is exactly the same as line ${line - 1}; kept once`,
    content: "536409,21866,UNION JACK FLAG LUGGAGE TAG,1,12/1/2010 11:45,1.25,17908,United Kingdom",
    received_at: null,
    replayable: false,
    not_replayable: "from_file",
  };
};

const event = (id: number, rest: Partial<Row>): Row => ({
  id,
  source: "online-shop",
  line: null,
  field: null,
  reason: "malformed",
  detail: "",
  content: "",
  received_at: "2026-11-22T09:12:00Z",
  replayable: true,
  not_replayable: null,
  ...rest,
});

const late = (id: number, user: string) =>
  event(id, {
    field: "timestamp",
    reason: "bad_date",
    detail: "the event, `timestamp`: `yesterday` is not a time; write it like 2026-11-22T02:25:39.878Z",
    content: `{"event":"Product Viewed","userId":"${user}","timestamp":"yesterday","properties":{"product_id":"85123A","price":2.55},"type":"track"}`,
  });

let rows: Row[] = [];
let newest = 0;
/** What was sent again, as text. */
export let sentAgain: string[] = [];

/** The quarantine of a shop that imported a file and gets events. */
export function resetQuarantine(): void {
  sentAgain = [];
  rows = [
    late(5_272, "c-17"),
    late(5_271, "c-18"),
    event(5_270, {
      field: "type",
      detail: "event 3 of the batch, `type`: `dance` is none of identify, track, page, screen, group, alias",
      content: '{"type":"dance","userId":"c-19"}',
    }),
    event(5_269, {
      detail: "event 4 of the batch: an event must be a JSON object",
      content: "7",
      replayable: false,
      not_replayable: "no_object",
    }),
    ...Array.from({ length: 5_268 }, (_, index) => ofFile(index)),
  ];
  newest = 5_272;
}
resetQuarantine();

/** Takes everything out, as if nothing had ever been wrong. */
export function clearQuarantine(): void {
  rows = [];
}

/** How many rows of each source and reason there are. */
export function rejectTotals(): Schemas["RejectTotal"][] {
  const totals = new Map<string, Schemas["RejectTotal"]>();
  for (const { source, reason } of rows) {
    const total = totals.get(`${source} ${reason}`) ?? { source, reason, rows: 0 };
    totals.set(`${source} ${reason}`, { ...total, rows: total.rows + 1 });
  }
  return [...totals.values()];
}

/** Rows that match, the newest first. */
export function rejects(filter: { q?: string | null; reason?: string | null; source?: string | null }): Row[] {
  const q = filter.q?.toLowerCase();
  return rows.filter(
    (row) =>
      (!filter.reason || row.reason === filter.reason) &&
      (!filter.source || row.source === filter.source) &&
      (!q || `${row.detail} ${row.content}`.toLowerCase().includes(q)),
  );
}

/** `GET /quality/rejects/{id}`. */
export const reject = (id?: string): Row | null => rows.find((row) => row.id === Number(id)) ?? null;

/** `DELETE /quality/rejects/{id}`; whether there was one. */
export function removeReject(id?: string): boolean {
  const before = rows.length;
  rows = rows.filter((row) => row.id !== Number(id));
  return rows.length < before;
}

/** `POST /quality/rejects/{id}/replay`. What is still late comes back. */
export function replayReject(id: string | undefined, body: string): Schemas["Replayed"] | null {
  const row = reject(id);
  if (!row) return null;
  const mended = /^\{"event":(.*)\}$/s.exec(body)?.[1];
  const text = mended ?? row.content;
  sentAgain.push(text);
  removeReject(id);
  if (text.includes("yesterday")) {
    newest += 1;
    rows.unshift({ ...row, id: newest, content: text });
  }
  return { message_id: `replay-${id}` };
}

/** `POST /quality/rejects/replay`: two a call, so that several are needed. */
export function replayRejects(filter: Schemas["ReplayMany"]): Schemas["ReplayedMany"] {
  const upTo = filter.up_to ?? newest;
  const wanted = () => rejects(filter).filter((row) => row.replayable && row.id <= upTo);
  const part = wanted().slice(-2);
  for (const row of part) replayReject(String(row.id), "{}");
  return { sent: part.length, skipped: 0, left: wanted().length, up_to: upTo };
}
