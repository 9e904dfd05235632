import type { TimelineEntry } from "@/api/types";

/** The time that a clock on the wall showed where it happened, written as if it were UTC. */
export function wallClock(event: Pick<TimelineEntry, "time" | "utc_offset_minutes">): Date {
  return new Date(Date.parse(event.time) + event.utc_offset_minutes * 60_000);
}

/** Its hour and minute: 12:50, the same in every language of the console. */
export function clock(event: Pick<TimelineEntry, "time" | "utc_offset_minutes">): string {
  return wallClock(event).toISOString().slice(11, 16);
}

/** Neighbours of the same local day, in the order that they came. */
export function groupByDay(events: readonly TimelineEntry[]): { day: string; events: TimelineEntry[] }[] {
  const days: { day: string; events: TimelineEntry[] }[] = [];
  for (const event of events) {
    const day = wallClock(event).toISOString().slice(0, 10);
    const last = days.at(-1);
    if (last?.day === day) last.events.push(event);
    else days.push({ day, events: [event] });
  }
  return days;
}
