import { describe, expect, it } from "vitest";
import { campaign, customers, quality, source } from "./search";

describe("addresses", () => {
  it("keep what is understood", () => {
    expect(customers({ q: "123", sort: "orders", descending: true, page: 3 })).toEqual({
      q: "123",
      sort: "orders",
      descending: true,
      page: 3,
    });
  });

  it("take a customer number for a text", () => {
    expect(customers({ q: 12_347 })).toEqual({ q: "12347" });
  });

  it("drop what is not, instead of breaking", () => {
    expect(customers({ q: "  ", sort: "shoe_size", descending: "maybe", page: -4, other: 1 })).toEqual({});
    expect(customers({ page: 1.5 })).toEqual({});
    expect(customers({ page: "1e99" })).toEqual({});
    expect(campaign({ tab: "secrets" })).toEqual({});
    expect(source({ start: "fortran" })).toEqual({});
    expect(quality({ tab: "none", q: " ", row: "x" })).toEqual({});
    expect(quality({ behind: "-1", upTo: 0 })).toEqual({});
    expect(quality({ behind: 0, upTo: "7" })).toEqual({ behind: 0, upTo: 7 });
    expect(quality({ tab: "quarantine", q: 17, row: "12" })).toEqual({ tab: "quarantine", q: "17", row: 12 });
  });

  it("leave the first page out", () => {
    expect(customers({ page: 1 })).toEqual({});
  });
});
