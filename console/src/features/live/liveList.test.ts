import { describe, expect, it } from "vitest";
import { liveEvent } from "../../../e2e/mock/live";
import { add, count, empty, kept, matches, only, patience, rate, release } from "./liveList";

const ids = (events: readonly { id: string }[]) => events.map((event) => Number(event.id.slice(4)));
const some = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => liveEvent(from + index));

describe("the list of live events", () => {
  it("shows the newest first and holds no more than it may", () => {
    const list = add(add(empty, some(1, 3), false), some(4, 5), false);
    expect(ids(list.events)).toEqual([5, 4, 3, 2, 1]);
    const full = add(list, some(10, 9 + kept), false);
    expect(full.events).toHaveLength(kept);
    expect(ids(full.events).at(-1)).toBe(10);
  });

  it("stays as it is while it is held still, and loses nothing", () => {
    const before = add(empty, some(1, 3), false);
    const held = add(add(before, some(4, 5), true), some(6, 6), true);
    expect(held.events).toBe(before.events);
    expect(ids(release(held).events)).toEqual([6, 5, 4, 3, 2, 1]);
    expect(release(held).waiting).toEqual([]);
    const flooded = add(held, some(10, 9 + kept), true);
    expect([flooded.waiting.length, flooded.dropped]).toEqual([kept, 3]);
    expect(release(flooded).dropped).toBe(0);
  });

  it("is filtered as the server filters", () => {
    const bot = liveEvent(7, { kind: "page", name: "page", user_id: null, anonymous_id: "Visitor-1" });
    const person = liveEvent(8, { kind: "identify", name: "identify", traits: { email: "Ann@example.com" } });
    const list = add(add(empty, [bot, person, liveEvent(9)], false), [liveEvent(10)], true);
    const found = (filter: object) => ids(only(list, filter).events);
    expect(found({})).toEqual([9, 8, 7]);
    expect(found({ kind: "page" })).toEqual([7]);
    expect(found({ q: "visitor-" })).toEqual([7]);
    expect(found({ q: "ANN@" })).toEqual([8]);
    expect(found({ event: "Product Viewed" })).toEqual([9]);
    expect(found({ source: "till" })).toEqual([]);
    expect(ids(only(list, { q: "sku-9" }).waiting)).toEqual([]);
    expect(matches(liveEvent(9), { event: "Product" })).toBe(false);
  });
});

describe("the rate", () => {
  it("counts the last seconds and forgets those before", () => {
    const seconds = new Map<number, number>();
    count(seconds, 30, 1_000);
    count(seconds, 20, 5_000);
    expect(rate(seconds, 5_500)).toBe(5);
    expect(rate(seconds, 12_000)).toBe(2);
    expect(rate(seconds, 60_000)).toBe(0);
    count(seconds, 1, 60_000);
    expect([...seconds.keys()]).toEqual([60]);
  });
});

describe("connecting again", () => {
  it("waits longer each time, and never too long", () => {
    expect([0, 1, 2, 9, 99].map(patience)).toEqual([1_000, 2_000, 4_000, 30_000, 30_000]);
  });
});
