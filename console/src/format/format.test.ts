import { describe, expect, it } from "vitest";
import { makeFormat } from "./format";

const en = makeFormat("en", "Europe/London");
const zh = makeFormat("zh-CN", "Europe/London");

describe("format", () => {
  it("prints money in the shop's currency, with cents only where they matter", () => {
    expect(en.money(514.126, "GBP")).toBe("£514.13");
    expect(en.money(12_345.6, "GBP")).toBe("£12,346");
    expect(en.money(12_345.6, "GBP", { exact: true })).toBe("£12,345.60");
    expect(en.money(9_720_905.79, "GBP", { compact: true })).toBe("£9.72m");
    expect(zh.money(9_720_905.79, "GBP", { compact: true })).toBe("£972万");
    expect(zh.money(59, "USD")).toBe("$59.00");
    expect(en.money(0, "GBP", { compact: true })).toBe("£0");
    expect(en.money(-217.8, "GBP", { exact: true })).toBe("-£217.80");
  });

  it("prints sizes of files as people say them", () => {
    expect([0, 1, 999, 48_213_004, 8_000_000_000].map(en.bytes)).toEqual([
      "0 bytes",
      "1 byte",
      "999 bytes",
      "48.2 MB",
      "8 GB",
    ]);
    expect(zh.bytes(1_204_113)).toBe("1.2 MB");
  });

  it("does not break on a currency that nobody knows", () => {
    expect(en.money(1_234.5, "not a currency")).toBe("1,235");
  });

  it("prints shares and changes", () => {
    expect(en.percent(0.0527)).toBe("5.3%");
    expect(en.signedPercent(0.1)).toBe("+10.0%");
    expect(en.signedPercent(0)).toBe("0.0%");
    expect(en.decimal(0.9, 3)).toBe("0.900");
  });

  it("prints times as the shop's clocks showed them", () => {
    expect(en.dateTime("2011-07-01T23:30:00Z")).toBe("2 Jul 2011, 00:30");
    expect(zh.date("2011-12-09T12:50:00Z")).toBe("2011年12月9日");
  });

  it("never moves a calendar day to another zone", () => {
    expect(makeFormat("en", "America/Los_Angeles").date("2011-12-09")).toBe("9 Dec 2011");
    expect(makeFormat("en", "Pacific/Auckland").date("2011-12-09")).toBe("9 Dec 2011");
  });

  it("falls back to UTC in a zone that nobody knows", () => {
    expect(makeFormat("en", "Mars/Olympus").dateTime("2011-07-01T23:30:00Z")).toBe("1 Jul 2011, 23:30");
  });

  it("leaves what is not a date as it is", () => {
    expect(en.date("yesterday")).toBe("yesterday");
  });

  it("counts days in words", () => {
    expect(en.days(1)).toBe("1 day");
    expect(en.days(66)).toBe("66 days");
    expect(zh.days(66)).toBe("66天");
  });

  it("says how long ago something was, from the server's own time", () => {
    const now = "2026-11-22T12:00:00Z";
    const ago = (value: string) => [en.ago(value, now), zh.ago(value, now)];
    expect(ago("2026-11-22T12:00:00Z")).toEqual(["now", "现在"]);
    expect(ago("2026-11-22T11:59:57.5Z")).toEqual(["2 seconds ago", "2秒钟前"]);
    expect(ago("2026-11-22T11:59:00Z")).toEqual(["1 minute ago", "1分钟前"]);
    expect(ago("2026-11-22T09:00:01Z")).toEqual(["2 hours ago", "2小时前"]);
    expect(ago("2026-11-20T13:00:00Z")).toEqual(["1 day ago", "1天前"]);
    expect(ago("2025-01-22T13:00:00Z")).toEqual(["1 year ago", "1年前"]);
    // A clock that is ahead.
    expect(ago("2026-11-22T12:00:09Z")).toEqual(["now", "现在"]);
  });
});
