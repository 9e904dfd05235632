// What stands on the page of live events: a bounded list, the newest first, and how many came when. Pure, so that it can be
// tested without a server.
import type { LiveEvent } from "@/api/types";

/** Events that are kept on the page; older ones go. Nobody reads further back, and the browser has to hold them. */
export const kept = 500;
/** Seconds that the rate is counted over. */
export const rateSeconds = 10;

export interface LiveFilter {
  source?: string;
  kind?: string;
  event?: string;
  q?: string;
}

export interface LiveList {
  /** The newest first. */
  events: readonly LiveEvent[];
  /** Those that came while the list was held still, the newest first. */
  waiting: readonly LiveEvent[];
  /** How many of those that waited had to go. */
  dropped: number;
  /** Batches that came too fast for the server to send them here. */
  skipped: number;
}

export const empty: LiveList = { events: [], waiting: [], dropped: 0, skipped: 0 };

/** Adds what came, in the order in which it came. What is held still stays as it is. */
export function add(list: LiveList, came: readonly LiveEvent[], paused: boolean): LiveList {
  if (came.length === 0) return list;
  const newest = [...came].reverse();
  if (!paused) return { ...list, events: [...newest, ...list.events].slice(0, kept) };
  const waiting = [...newest, ...list.waiting];
  return { ...list, waiting: waiting.slice(0, kept), dropped: list.dropped + Math.max(0, waiting.length - kept) };
}

/** Shows what has waited. */
export function release(list: LiveList): LiveList {
  return { ...list, events: [...list.waiting, ...list.events].slice(0, kept), waiting: [], dropped: 0 };
}

/** Leaves only what matches, as the server does for what is still to come. */
export function only(list: LiveList, filter: LiveFilter): LiveList {
  const matching = (events: readonly LiveEvent[]) => events.filter((event) => matches(event, filter));
  return { ...list, events: matching(list.events), waiting: matching(list.waiting) };
}

/** Whether an event is one of those that are wanted. */
export function matches(event: LiveEvent, { source, kind, event: name, q }: LiveFilter): boolean {
  if (source && event.source !== source) return false;
  if (kind && event.kind !== kind) return false;
  if (name && event.name !== name) return false;
  if (!q) return true;
  const texts = [event.name, event.user_id, event.anonymous_id];
  const documents = [event.properties, event.traits].filter(Boolean).map((part) => JSON.stringify(part));
  return [...texts, ...documents].some((text) => text?.toLowerCase().includes(q.toLowerCase()));
}

/** Events a second, of the last seconds. `seconds` says how many came in which second. */
export function rate(seconds: ReadonlyMap<number, number>, now: number): number {
  const last = Math.floor(now / 1_000);
  let sum = 0;
  for (const [second, count] of seconds) if (second > last - rateSeconds && second <= last) sum += count;
  return sum / rateSeconds;
}

/** Counts events of a second, and forgets seconds that nobody asks for any more. */
export function count(seconds: Map<number, number>, came: number, now: number): void {
  const second = Math.floor(now / 1_000);
  seconds.set(second, (seconds.get(second) ?? 0) + came);
  for (const old of seconds.keys()) if (old <= second - rateSeconds) seconds.delete(old);
}

/** How long to wait before the next attempt to connect, in milliseconds: longer each time, half a minute at the most. */
export const patience = (attempt: number): number => Math.min(1_000 * 2 ** attempt, 30_000);
