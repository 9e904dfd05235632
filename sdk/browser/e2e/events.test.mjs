// What is sent: page views, clicks, forms, calls.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch, openSink, openVisitor, ready, sleep, track } from "./harness.mjs";

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser?.close());

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

test("a page view says what the guide promises, in the form of Segment", async (t) => {
  const sink = await openSink(t);
  const options = {
    locale: "de-DE",
    timezoneId: "Europe/Berlin",
    deviceScaleFactor: 2,
    screen: { width: 1000, height: 700 },
  };
  const visitor = await openVisitor(t, browser, options);
  const search = "?utm_source=news&utm_campaign=spring&gclid=g1&q=mug";
  const page = await visitor.visit(`${sink.url}/shop${search}#token=secret`);
  await sink.until(() => sink.pages().length === 1, "the page view");

  const [{ method, headers, json }] = sink.requests;
  assert.equal(method, "POST");
  assert.match(headers["content-type"], /^text\/plain\b/);
  assert.equal(headers.cookie, undefined);
  assert.equal(json.writeKey, "key-1");
  assert.ok(Math.abs(Date.parse(json.sentAt) - Date.now()) < 10_000);

  const [event] = json.batch;
  const here = { path: "/shop", referrer: "", search, title: "Page /shop", url: `${sink.url}/shop${search}` };
  assert.match(event.messageId, uuid);
  assert.match(event.anonymousId, uuid);
  assert.equal(event.anonymousId, await page.evaluate(() => window.bellwether.anonymousId()));
  assert.ok(!("userId" in event));
  assert.ok(Date.parse(event.timestamp) <= Date.parse(json.sentAt));
  assert.deepEqual(event.properties, here);
  const { library, userAgent, ...context } = event.context;
  assert.equal(library.name, "bellwether-js");
  assert.equal(library.version, "0.1.0");
  assert.match(userAgent, /Chrome/);
  assert.deepEqual(context, {
    page: here,
    locale: "de-DE",
    timezone: "Europe/Berlin",
    screen: { width: 1000, height: 700, density: 2 },
    campaign: { source: "news", name: "spring" },
    clickIds: { gclid: "g1" },
  });
});

test("every change of the address is one page view, and nothing else is", async (t) => {
  const sink = await openSink(t);
  const visitor = await openVisitor(t, browser);
  const page = await visitor.visit(`${sink.url}/start`);
  const views = () => sink.pages().map(({ properties }) => properties);
  await sink.until(() => views().length === 1, "the first view");

  // As a router does: the address first, the title when the page is drawn.
  await page.evaluate(() => {
    history.pushState({}, "", "/a?x=1");
    setTimeout(() => {
      document.title = "A";
    }, 10);
  });
  await sink.until(() => views().length === 2, "pushState");
  await page.evaluate(() => {
    history.replaceState({ scroll: 1 }, "", location.href);
    history.pushState({}, "");
    location.hash = "reviews";
  });
  await page.evaluate(() => history.replaceState({}, "", "/b"));
  await sink.until(() => views().length === 3, "replaceState");
  await page.evaluate(() => history.pushState({}, "", "/b#/cart"));
  await sink.until(() => views().length === 4, "the hash route");
  await page.evaluate(() => {
    location.hash = "#/pay";
  });
  await sink.until(() => views().length === 5, "the next hash route");
  await page.goBack();
  await sink.until(() => views().length === 6, "going back");
  // Two at once are two.
  await page.evaluate(() => {
    history.pushState({}, "", "/c");
    history.pushState({}, "", "/d");
    window.bellwether.flush();
  });
  await sink.until(() => views().length === 8, "two at once");
  await sleep(1300);
  assert.deepEqual(
    views().map(({ path, search, referrer }) => [path + search, referrer.replace(sink.url, "")]),
    [
      ["/start", ""],
      ["/a?x=1", "/start"],
      ["/b", "/a?x=1"],
      ["/b#/cart", "/b"],
      ["/b#/pay", "/b#/cart"],
      ["/b#/cart", "/b#/pay"],
      ["/c", "/b#/cart"],
      ["/d", "/c"],
    ],
  );
  assert.equal(views()[1].title, "A");
});

test("a page from the browser's cache is seen once more", async (t) => {
  const cached = await launch({ ignoreDefaultArgs: ["--disable-back-forward-cache"] });
  t.after(() => cached.close());
  const sink = await openSink(t);
  const visitor = await openVisitor(t, cached);
  const page = await visitor.visit(`${sink.url}/one`);
  await page.evaluate(() => {
    window.sameDocument = true;
  });
  await page.goto(`${sink.url}/two`);
  await ready(page);
  // Not goBack: that waits for a load, and this way there is none.
  await page.evaluate(() => history.back());
  await page.waitForURL(`${sink.url}/one`, { waitUntil: "commit" });
  assert.ok(await page.evaluate(() => window.sameDocument), "Chromium did not use its cache");
  const views = () => new Map(sink.pages().map((event) => [event.messageId, event.properties.path]));
  await sink.until(() => views().size === 3, "three views");
  await track(page, "After Return");
  await sink.until(() => sink.named("After Return").length === 1, "an event after the return");
  assert.deepEqual([...views().values()].sort(), ["/one", "/one", "/two"]);
});

test("links that lead away and marked elements are clicks", async (t) => {
  const body = `
    <a id="out" href="https://elsewhere.example/x?y=1"><b>See  it\n elsewhere</b></a>
    <a id="in" href="#here">Here</a> <a id="mail" href="mailto:shop@example.com">Write</a>
    <a id="file" href="/list.pdf" download aria-label="Price list"><svg width="9" height="9"></svg></a>
    <button id="buy" data-bellwether-event="Product Added" data-bellwether-prop-product-id="007"
      data-bellwether-number-price="12.50"><i>Buy</i></button>
    <div data-bellwether-event="Card Opened"><a id="inner" href="#inner">More</a></div>
    <button id="plain">Plain</button>
    <my-part></my-part>
    <script>
      customElements.define("my-part", class extends HTMLElement {
        connectedCallback() {
          this.attachShadow({ mode: "open" }).innerHTML = '<button data-bellwether-event="Inside Part">x</button>';
        }
      });
      document.querySelector("#buy").addEventListener("click", (event) => event.stopPropagation());
      document.addEventListener("click", (event) => event.preventDefault());
    </script>`;
  const sink = await openSink(t, { attributes: 'data-auto="click"', body });
  const visitor = await openVisitor(t, browser);
  const page = await visitor.visit(sink.url);
  for (const id of ["out", "in", "mail", "file", "buy", "inner", "plain"]) await page.click(`#${id}`);
  await page.click("#out", { button: "right" });
  await page.locator("my-part button").click();
  await track(page, "End");
  await sink.until(() => sink.named("End").length === 1, "the end");
  const seen = sink.events().map(({ event, properties }) => [event, properties]);
  assert.deepEqual(seen, [
    [
      "Link Clicked",
      { href: "https://elsewhere.example/x?y=1", text: "See it elsewhere", id: "out", outbound: true, download: false },
    ],
    ["Link Clicked", { href: "mailto:shop@example.com", text: "Write", id: "mail", outbound: false, download: false }],
    ["Link Clicked", { href: `${sink.url}/list.pdf`, text: "Price list", id: "file", outbound: false, download: true }],
    ["Product Added", { product_id: "007", price: 12.5 }],
    ["Card Opened", {}],
    ["Inside Part", {}],
    ["End", {}],
  ]);
});

test("a form tells that it was sent, and of its fields only the marked", async (t) => {
  const body = `
    <form id="news" name="newsletter" action="/join?token=secret"><input name="email" value="private@example.com">
      <input name="action" value="hides the form's own"><select name="topic" data-bellwether-field><option>mugs</option></select>
      <input type="checkbox" data-bellwether-field="weekly" checked><input type="radio" name="size" value="s" data-bellwether-field>
      <input type="radio" name="size" value="l" data-bellwether-field checked>
      <input type="password" name="secret" value="hidden" data-bellwether-field>
      <input name="card" autocomplete="cc-number" value="4111" data-bellwether-field><button>Join</button></form>
    <form id="marked" data-bellwether-event="Question Asked" data-bellwether-prop-page="faq"><button>Ask</button></form>
    <form id="invalid"><input required><button>Never</button></form>
    <script>document.addEventListener("submit", (event) => event.preventDefault());</script>`;
  const sink = await openSink(t, { attributes: 'data-auto="form"', body });
  const visitor = await openVisitor(t, browser);
  const page = await visitor.visit(`${sink.url}/here?x=1`);
  for (const id of ["news", "marked", "invalid"]) await page.click(`#${id} button`);
  await track(page, "End");
  await sink.until(() => sink.named("End").length === 1, "the end");
  const [news, marked, ...rest] = sink.events().map(({ event, properties }) => [event, properties]);
  const fields = { topic: "mugs", weekly: true, size: "l" };
  assert.deepEqual(news, ["Form Submitted", { id: "news", name: "newsletter", action: `${sink.url}/join`, fields }]);
  assert.deepEqual(marked, ["Question Asked", { page: "faq", id: "marked", action: `${sink.url}/here` }]);
  assert.equal(rest.length, 1);
  assert.doesNotMatch(JSON.stringify(sink.requests), /private@|hidden|4111|secret/);
});

test("nothing is automatic but page views, unless it is asked for or marked", async (t) => {
  const body = `<a id="out" href="https://elsewhere.example/">Out</a><form><button id="send">Send</button></form>
    <button id="buy" data-bellwether-event="Bought">Buy</button>
    <script>for (const name of ["click", "submit"]) document.addEventListener(name, (event) => event.preventDefault());</script>`;
  const seen = async (attributes) => {
    const sink = await openSink(t, { attributes, body });
    const page = await (await openVisitor(t, browser)).visit(sink.url);
    for (const id of ["out", "buy"]) await page.click(`#${id}`);
    await page.evaluate(() => document.querySelector("form").requestSubmit());
    await track(page, "End");
    await sink.until(() => sink.named("End").length === 1, "the end");
    return sink.events().map(({ event, type }) => event ?? type);
  };
  assert.deepEqual(await seen(""), ["page", "Bought", "End"]);
  assert.deepEqual(await seen('data-auto="none"'), ["Bought", "End"]);
  assert.deepEqual(await seen('data-auto="page, click, form"'), [
    "page",
    "Link Clicked",
    "Bought",
    "Form Submitted",
    "End",
  ]);
});

test("calls made before the script is there are replayed in order", async (t) => {
  const head = `<script>
    window.bellwether = window.bellwether || [];
    bellwether.push(["identify", "u-1", { plan: "plus" }]);
    bellwether.push(["track", "Early", { n: 1 }], null, ["nonsense"]);
    (function () { bellwether.push(arguments); })("track", "Arguments");
    window.kept = bellwether;
    bellwether.push(["ready", () => { window.isReady = typeof bellwether.track; }]);
    bellwether.push(["ready", () => { throw new Error("the page's own"); }]);
    bellwether.push(["group", 7, { name: "Team" }], ["alias", "u-2"], ["page", "Docs", "Home", { n: 2 }]);
  </script>`;
  const sink = await openSink(t, { head });
  const visitor = await openVisitor(t, browser);
  const page = await visitor.visit(sink.url);
  assert.equal(await page.evaluate(() => window.isReady), "function");
  await page.evaluate(() => {
    window.kept.push(["track", "Late"]);
    window.bellwether.push(["page", "Only Name"]);
  });
  await sink.until(() => sink.events().length === 9, "nine events");
  const [identify, early, given, group, alias, named, view, late, only] = sink.events();
  assert.deepEqual([identify.type, identify.userId, identify.traits], ["identify", "u-1", { plan: "plus" }]);
  assert.deepEqual([early.type, early.event, early.userId, early.properties], ["track", "Early", "u-1", { n: 1 }]);
  assert.equal(given.event, "Arguments");
  assert.deepEqual([group.type, group.groupId, group.traits, group.userId], ["group", "7", { name: "Team" }, "u-1"]);
  assert.deepEqual([alias.type, alias.userId, alias.previousId], ["alias", "u-2", "u-1"]);
  assert.deepEqual([named.category, named.name, named.properties.n, named.properties.path], ["Docs", "Home", 2, "/"]);
  assert.deepEqual([view.type, view.name, view.userId], ["page", undefined, "u-1"]);
  assert.equal(late.event, "Late");
  assert.deepEqual([only.name, "category" in only], ["Only Name", false]);
  assert.equal(new Set(sink.events().map(({ messageId }) => messageId)).size, 9);
});

test("nothing that a page does with it throws into the page", async (t) => {
  const sink = await openSink(t);
  const visitor = await openVisitor(t, browser);
  const page = await visitor.visit(sink.url);
  await page.evaluate(() => {
    const loop = {};
    loop.self = loop;
    const api = window.bellwether;
    api.track("Loop", loop);
    api.track("Big", { n: 1n });
    api.track();
    api.track(null, null);
    api.identify();
    api.identify(null, { a: 1 });
    api.page(null, undefined, { a: 1 });
    api.group();
    api.alias();
    api.push(undefined, 7, {}, ["constructor"]);
    api.ready();
    api.ready(() => {
      throw new Error("the page's own");
    });
    api.track("x".repeat(40_000));
    api.track("Large", { text: "重".repeat(11_000) });
    api.track("Fine", { text: "重".repeat(9_000) });
  });
  await sink.until(() => sink.named("Fine").length === 1, "the last event");
  assert.ok(visitor.warnings.some((text) => text.includes("over 32 KB") && text.includes("Large")));
  assert.ok(!sink.events().some(({ event }) => ["Loop", "Big", "Large"].includes(event)));
});

test("a page of another origin sends without asking first", async (t) => {
  const sink = await openSink(t);
  const shop = await openSink(t, { host: sink.url });
  const visitor = await openVisitor(t, browser);
  await visitor.visit(shop.url);
  await sink.until(() => sink.pages().length === 1, "the page view");
  assert.deepEqual(
    sink.requests.map(({ method }) => method),
    ["POST"],
  );
  assert.equal(shop.requests.length, 0);
  shop.attributes = `data-host="${shop.url}/"`;
  await visitor.visit(shop.url);
  await shop.until(() => shop.pages().length === 1, "the page view at data-host");
});
