import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./load.mjs";

const { campaignOf, clickIdsOf } = await load("context");
const { domainsOf } = await load("cookie");
const { askedFor, isTemporary, pauseAfter } = await load("retry");
const { uuid } = await load("uuid");

test("campaign parameters get the names of the Segment specification", () => {
  const check = (search, expected) => assert.deepEqual(campaignOf(search), expected, search);
  check("?utm_source=news&utm_medium=mail&utm_campaign=spring+sale&utm_term=mug&utm_content=top", {
    source: "news",
    medium: "mail",
    name: "spring sale",
    term: "mug",
    content: "top",
  });
  check("?UTM_Source=News", { source: "News" });
  check("?utm_source=first&utm_source=second", { source: "first" });
  check("?utm_source=&q=utm_source", undefined);
  check("?utm_evil=1&xutm_source=1", undefined);
  check("", undefined);
});

test("click ids are taken over under their own names", () => {
  assert.deepEqual(clickIdsOf("?gclid=a&FBCLID=b&ScCid=c&bd_vid=d&other=e"), {
    gclid: "a",
    fbclid: "b",
    sccid: "c",
    bd_vid: "d",
  });
  assert.equal(clickIdsOf("?id=1"), undefined);
});

test("cookie domains are tried from the widest to the host itself", () => {
  assert.deepEqual(domainsOf("www.shop.co.uk"), ["co.uk", "shop.co.uk", "www.shop.co.uk"]);
  assert.deepEqual(domainsOf("shop.example"), ["shop.example"]);
  assert.deepEqual(domainsOf("localhost"), []);
});

test("what may succeed later is told from what never will", () => {
  for (const status of [408, 429, 500, 502, 503, 504]) assert.ok(isTemporary(status), `${status}`);
  for (const status of [200, 204, 400, 401, 403, 404, 413]) assert.ok(!isTemporary(status), `${status}`);
});

test("Retry-After is read as seconds and as a date, within an hour", () => {
  const now = Date.parse("2026-03-01T12:00:00Z");
  const check = (header, expected) => assert.equal(askedFor(header, now), expected, `${header}`);
  check("7", 7_000);
  check("0", 0);
  check("-5", 0);
  check("Sun, 01 Mar 2026 12:00:30 GMT", 30_000);
  check("Sun, 01 Mar 2026 11:00:00 GMT", 0);
  check("soon", 0);
  check("999999", 3_600_000);
  check(null, 0);
  check(undefined, 0);
});

test("pauses double up to five minutes, and are spread", () => {
  for (let failures = 1; failures < 40; failures++) {
    const full = Math.min(1000 * 2 ** (failures - 1), 300_000);
    assert.equal(pauseAfter(failures, 0, 0), full / 2);
    assert.equal(pauseAfter(failures, 0, 1), full);
  }
});

test("a pause is never shorter than what the server asks for", () => {
  for (const chance of [0, 0.5, 1]) {
    assert.ok(pauseAfter(1, 10_000, chance) >= 10_000);
    assert.ok(pauseAfter(9, 1_000, chance) >= 128_000);
  }
  assert.notEqual(pauseAfter(1, 10_000, 0), pauseAfter(1, 10_000, 1));
});

test("ids are random UUIDs, with and without randomUUID", () => {
  const form = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
  assert.match(uuid(), form);
  Object.defineProperty(crypto, "randomUUID", { value: undefined, configurable: true });
  try {
    const made = new Set(Array.from({ length: 1000 }, uuid));
    assert.equal(made.size, 1000);
    for (const one of made) assert.match(one, form);
  } finally {
    delete crypto.randomUUID;
  }
});
