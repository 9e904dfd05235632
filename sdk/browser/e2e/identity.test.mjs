// Who is here, what is stored, and what is not without consent.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { delivered, launch, openSink, openVisitor, ready, sleep, storedIn, track } from "./harness.mjs";

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser?.close());

const quiet = { attributes: 'data-auto="none"' };
const idOf = (page) => page.evaluate(() => window.bellwether.anonymousId());
const consent = (page, given) => page.evaluate((value) => window.bellwether.consent(value), given);
const nothing = { storage: {}, cookies: {}, raw: [] };

test("the anonymous id is in cookie and storage, and each restores the other", async (t) => {
  const sink = await openSink(t, quiet);
  const visitor = await openVisitor(t, browser);
  const page = await visitor.visit(sink.url);
  const id = await idOf(page);
  const { storage, cookies, raw } = await storedIn(page);
  assert.deepEqual([storage.bellwether_id, cookies.bellwether_id], [id, id]);
  assert.deepEqual(Object.keys(cookies), ["bellwether_id"]);
  assert.equal(raw[0].sameSite, "Lax");
  const days = (raw[0].expires - Date.now() / 1000) / 86_400;
  assert.ok(days > 364 && days < 366, `${days} days`);

  await visitor.context.clearCookies();
  await page.goto(`${sink.url}/a`);
  await ready(page);
  assert.equal(await idOf(page), id);
  assert.equal((await storedIn(page)).cookies.bellwether_id, id);

  await page.evaluate(() => localStorage.clear());
  await page.goto(`${sink.url}/b`);
  await ready(page);
  assert.equal(await idOf(page), id);
  assert.equal((await storedIn(page)).storage.bellwether_id, id);
});

test("the cookie is set on the widest domain that may have one, and subdomains share the visitor", async (t) => {
  const sink = await openSink(t, quiet);
  const visitor = await openVisitor(t, browser);
  const at = (host) => visitor.visit(`http://${host}:${sink.port}/`);
  const shop = await at("www.shop.co.uk");
  const help = await at("help.shop.co.uk");
  assert.equal(await idOf(help), await idOf(shop));
  const { raw } = await storedIn(shop);
  assert.deepEqual(
    raw.map(({ name, domain }) => [name, domain]),
    [["bellwether_id", ".shop.co.uk"]],
  );
  const other = await at("www.other.co.uk");
  assert.notEqual(await idOf(other), await idOf(shop));

  // A log-out on one subdomain is one on all.
  await shop.evaluate(() => window.bellwether.identify("u-1"));
  await help.evaluate(() => window.bellwether.identify("u-1"));
  await shop.evaluate(() => window.bellwether.reset());
  await track(help, "After Reset");
  await sink.until(() => sink.named("After Reset").length === 1, "the event");
  const [event] = sink.named("After Reset");
  assert.equal(event.anonymousId, await idOf(shop));
  assert.ok(!("userId" in event));
});

test("the user's id stays over pages until reset, and another user is another person", async (t) => {
  const sink = await openSink(t, quiet);
  const visitor = await openVisitor(t, browser);
  const page = await visitor.visit(sink.url);
  const first = await idOf(page);
  await page.evaluate(() => window.bellwether.identify(42, { plan: "plus" }));
  await page.goto(`${sink.url}/next`);
  await ready(page);
  await page.evaluate(() => {
    const api = window.bellwether;
    api.track("As 42");
    api.identify({ city: "Lyon" });
    api.identify("43");
    api.track("As 43");
    api.reset();
    api.track("As Nobody");
  });
  await sink.until(() => sink.named("As Nobody").length === 1, "the last event");
  const seen = new Map(sink.events().map((event) => [event.event ?? JSON.stringify(event.traits), event]));
  assert.deepEqual(
    [...seen.values()].map(({ userId }) => userId),
    ["42", "42", "42", "43", "43", undefined],
  );
  const ids = [...seen.values()].map(({ anonymousId }) => anonymousId);
  assert.deepEqual(ids.slice(0, 3), [first, first, first]);
  assert.equal(ids[3], ids[4]);
  assert.equal(new Set(ids).size, 3);
});

test("where storage is blocked it works from memory", async (t) => {
  const init = () => {
    const refuse = () => {
      throw new DOMException("blocked", "SecurityError");
    };
    Object.defineProperty(window, "localStorage", { get: refuse });
    Object.defineProperty(Document.prototype, "cookie", { get: refuse, set: refuse });
  };
  const sink = await openSink(t);
  const visitor = await openVisitor(t, browser, { init });
  const page = await visitor.visit(sink.url);
  sink.answer = () => ({ status: 503, after: 1 });
  await page.evaluate(() => window.bellwether.identify("u-1"));
  await track(page, "From Memory");
  await sink.until(() => sink.requests.some(({ status }) => status === 503), "the refusal");
  sink.answer = () => ({ status: 200 });
  await sink.until(() => sink.named("From Memory").length === 1, "the event");
  assert.equal(new Set(sink.events().map(({ anonymousId }) => anonymousId)).size, 1);
  assert.equal(sink.named("From Memory")[0].userId, "u-1");
  // Leaving is the last chance here, since no next page will find anything.
  await page.evaluate(() => {
    window.bellwether.track("Leaving");
    location.href = "about:blank";
  });
  await sink.until(() => sink.named("Leaving").length === 1, "the last event");
  await page.waitForURL("about:blank");
});

test("where storage is full the queue lives in memory", async (t) => {
  const sink = await openSink(t, quiet);
  const visitor = await openVisitor(t, browser);
  const page = await visitor.visit(sink.url);
  await page.evaluate(() => {
    localStorage.setItem("shop", "x".repeat(5_242_000 - JSON.stringify(localStorage).length));
    for (let size = 4_096; size >= 1; size /= 2) {
      try {
        for (;;) localStorage.setItem("fill", `${localStorage.getItem("fill") ?? ""}${"y".repeat(size)}`);
      } catch {}
    }
  });
  await track(page, "Full");
  assert.ok(!Object.keys((await storedIn(page)).storage).some((key) => key.includes("queue")));
  await sink.until(() => sink.named("Full").length === 1, "the event");
});

test("before consent nothing is stored and nothing is sent, after it everything is", async (t) => {
  const sink = await openSink(t, { attributes: 'data-consent="required"' });
  const visitor = await openVisitor(t, browser);
  const page = await visitor.visit(`${sink.url}/landing?utm_source=ad`);
  // Not even for the moment in which a cookie's domain is tried.
  const writes = page.evaluate(() => new Promise((done) => setTimeout(() => done(document.cookie), 1_500)));
  await page.evaluate(() => {
    window.bellwether.identify("u-1");
    window.bellwether.track("Held", { n: 1 });
    window.bellwether.flush();
    window.bellwether.anonymousId();
    history.pushState({}, "", "/second");
  });
  assert.equal(await writes, "");
  assert.deepEqual(await storedIn(page), nothing);
  assert.equal(sink.requests.length, 0);

  await consent(page, true);
  await sink.until(() => sink.events().length === 4, "what was held");
  const [landing, identify, held, second] = sink.events();
  assert.equal(landing.context.campaign.source, "ad");
  assert.deepEqual([identify.userId, held.userId, held.event], ["u-1", "u-1", "Held"]);
  assert.equal(second.properties.path, "/second");
  assert.ok(Date.parse(held.timestamp) < Date.parse(sink.requests[0].json.sentAt) - 1_000);

  // The decision is remembered, and taking it back removes all.
  await delivered(page);
  await page.goto(`${sink.url}/third`);
  await ready(page);
  await sink.until(() => sink.events().length === 5, "the next page's view");
  await track(page, "Unsent");
  await consent(page, false);
  await track(page, "Refused");
  await sleep(1_500);
  assert.equal(sink.events().length, 5);
  const left = await storedIn(page);
  assert.deepEqual([left.storage, left.cookies], [{ bellwether_consent: "0" }, { bellwether_consent: "0" }]);
});

test("a refusal drops what was held, and stores nothing", async (t) => {
  const sink = await openSink(t, { attributes: 'data-consent="required"' });
  const page = await (await openVisitor(t, browser)).visit(sink.url);
  await track(page, "Held");
  await consent(page, false);
  assert.deepEqual(await storedIn(page), nothing);
  await consent(page, true);
  await track(page, "Wanted");
  await sink.until(() => sink.events().length, "the event after consent");
  assert.deepEqual(
    sink.events().map(({ event }) => event),
    ["Wanted"],
  );
});

test("what is held is bounded", async (t) => {
  const sink = await openSink(t, { attributes: 'data-consent="required" data-auto="none"' });
  const page = await (await openVisitor(t, browser)).visit(sink.url);
  await page.evaluate(() => {
    for (let number = 0; number < 5_000; number++) window.bellwether.track("Held", { number });
  });
  await consent(page, true);
  await sink.until(() => sink.events().length >= 100, "what was held");
  await sleep(1_200);
  assert.deepEqual(
    sink.events().map(({ properties }) => properties.number),
    Array.from({ length: 100 }, (_, n) => n),
  );
});

test("a withdrawal in one tab holds in the others, and on the next page", async (t) => {
  const sink = await openSink(t, quiet);
  const visitor = await openVisitor(t, browser);
  const [one, two] = [await visitor.visit(`${sink.url}/1`), await visitor.visit(`${sink.url}/2`)];
  await consent(one, false);
  await sleep(200);
  await track(two, "Refused");
  await two.goto(`${sink.url}/3`);
  await ready(two);
  await track(two, "Refused");
  await sleep(1_500);
  assert.equal(sink.requests.length, 0);
  assert.deepEqual((await storedIn(two)).storage, { bellwether_consent: "0" });
  await consent(two, true);
  await track(two, "Wanted");
  await sink.until(() => sink.named("Wanted").length === 1, "the event after consent");
});

test("a browser that asks not to be tracked is obeyed where the page wants that", async (t) => {
  for (const [signal, value] of [
    ["globalPrivacyControl", true],
    ["doNotTrack", "1"],
  ]) {
    const init = `Object.defineProperty(navigator, "${signal}", { value: ${JSON.stringify(value)} })`;
    const sink = await openSink(t, { attributes: "data-respect-dnt" });
    const visitor = await openVisitor(t, browser, { init });
    const page = await visitor.visit(sink.url);
    await consent(page, true);
    await track(page, "Refused");
    await sleep(1_500);
    assert.equal(sink.requests.length, 0, signal);
    assert.deepEqual(await storedIn(page), nothing);
    sink.attributes = "";
    await page.goto(sink.url);
    await sink.until(() => sink.pages().length === 1, `the view without data-respect-dnt (${signal})`);
  }
});

test("without a key it says so, does nothing, and does not break the page", async (t) => {
  const sink = await openSink(t);
  sink.attributes = "";
  const visitor = await openVisitor(t, browser);
  await visitor.context.route("**/keyless", (route) =>
    route.fulfill({ contentType: "text/html", body: `<title>x</title><script src="${sink.url}/b.js"></script>` }),
  );
  const page = await visitor.visit(`${sink.url}/keyless`);
  await track(page, "Nowhere");
  await sleep(1_300);
  assert.equal(sink.requests.length, 0);
  assert.ok(visitor.warnings.some((text) => text.includes("data-write-key is missing")));
});
