import { describe, expect, it } from "vitest";
import { lineAt } from "./lines";
import { detailsOf } from "./mappedEvent";

describe("lines of a text", () => {
  const text = "one\ntwo\n\nfour";
  const line = (number: number) => text.slice(...lineAt(text, number));
  it("are counted from 1", () => {
    expect([1, 2, 3, 4].map(line)).toEqual(["one", "two", "", "four"]);
  });

  it("end with the text", () => {
    expect(lineAt(text, 9)).toEqual([text.length, text.length]);
    expect(lineAt("", 1)).toEqual([0, 0]);
  });
});

describe("a mapped event", () => {
  it("says what happened, to whom, and what is said of it", () => {
    expect(
      detailsOf({
        type: "track",
        event: "Post Liked",
        anonymousId: "weibo:7",
        timestamp: "2026-01-31T02:05:00Z",
        properties: { post_id: 12, tags: ["a"] },
        traits: { city: "上海" },
      }),
    ).toEqual({
      what: "Post Liked",
      who: "weibo:7",
      time: "2026-01-31T02:05:00Z",
      details: [
        ["post_id", "12"],
        ["tags", '["a"]'],
        ["city", "上海"],
      ],
    });
  });

  it("shows the lines of an order", () => {
    const products = [
      { id: "P1", name: "Tea", qty: "2", price: "9.50" },
      { id: "P2", qty: "1", price: "20" },
    ];
    const { what, who, details } = detailsOf({
      type: "track",
      event: "Order Completed",
      order: { order_id: "1", currency: "EUR", products },
    });
    expect([what, who]).toEqual(["Order Completed", undefined]);
    expect(details).toEqual([
      ["order_id", "1"],
      ["currency", "EUR"],
      ["1", "2 × Tea · 9.50"],
      ["2", "1 × P2 · 20"],
    ]);
  });

  it("breaks on nothing", () => {
    expect(detailsOf({})).toEqual({ what: "", who: undefined, time: undefined, details: [] });
    expect(detailsOf({ order: { products: [1, null] }, properties: "x" }).details.length).toBe(2);
  });
});
