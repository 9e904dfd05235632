import { expect, it } from "vitest";
import type { TimelineEntry } from "@/api/types";
import { clock, groupByDay, wallClock } from "./timeline";

const event = (time: string, utc_offset_minutes = 0): TimelineEntry => ({
  id: time,
  name: "Order Completed",
  time,
  utc_offset_minutes,
  source: "shop",
  plan_problems: [],
});

it("shows the clock on the wall, not the reader's", () => {
  expect(wallClock(event("2011-07-01T23:30:00Z", 60)).toISOString()).toBe("2011-07-02T00:30:00.000Z");
  expect(clock(event("2011-07-01T23:30:00Z", 60))).toBe("00:30");
});

it("groups by the local day and keeps the order", () => {
  const groups = groupByDay([
    event("2011-07-02T10:00:00Z", 60),
    event("2011-07-01T23:30:00Z", 60),
    event("2011-07-01T10:00:00Z", 60),
  ]);
  expect(groups.map(({ day, events }) => [day, events.length])).toEqual([
    ["2011-07-02", 2],
    ["2011-07-01", 1],
  ]);
});
