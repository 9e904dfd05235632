// @segment/analytics-next, unchanged, in Chromium, on a page of another origin than the server.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { closeBounded } from "../../scripts/chromium.mjs";
import { bundle, launch, openShop, openVisitor } from "./harness/browser.mjs";
import { openProxy } from "./harness/proxy.mjs";
import { openServer, until } from "./harness/server.mjs";
import { customer, expectNoRejects, expectTimeline } from "./harness/timeline.mjs";

const program = `import { AnalyticsBrowser } from "@segment/analytics-next"; window.AnalyticsBrowser = AnalyticsBrowser;`;

let server;
let writeKey;
let browser;
let shop;

before(async () => {
  server = await openServer();
  writeKey = await server.source("Online shop", "website");
  browser = await launch();
  shop = await openShop({
    head: `<script src="/program.js"></script>`,
    scripts: { "/program.js": await bundle(program) },
  });
});
after(async () => {
  await browser?.close();
  shop?.close();
  await server?.close();
});

/** A page on which the SDK is loaded. */
async function openPage(t, { cdnURL, host, options = {} }) {
  const page = await openVisitor(t, browser, [shop.url, cdnURL, host].filter(Boolean));
  await page.goto(`${shop.url}/start`);
  await page.evaluate(
    ([settings, given]) => {
      window.analytics = window.AnalyticsBrowser.load(settings, given);
      return window.analytics.ready();
    },
    [{ writeKey, ...(cdnURL ? { cdnURL } : {}), ...settingsFor(host) }, options],
  );
  return page;
}

/** With settings of its own the SDK asks nobody for them. */
function settingsFor(host) {
  if (!host) return {};
  const integration = { apiKey: writeKey, apiHost: `${new URL(host).host}/v1`, protocol: "http" };
  return { cdnSettings: { integrations: { "Segment.io": integration } } };
}

const strategies = {
  "one by one": undefined,
  "in batches": { strategy: "batching", config: { size: 4, timeout: 200 } },
};

for (const [way, deliveryStrategy] of Object.entries(strategies)) {
  test(`configured by cdnURL alone, sent ${way}: everything arrives once`, async (t) => {
    const userId = `next-cdn-${way}`;
    const options = deliveryStrategy && { integrations: { "Segment.io": { deliveryStrategy } } };
    const page = await openPage(t, { cdnURL: server.url, options });
    const anonymousId = await page.evaluate(async (user) => {
      const { analytics } = window;
      const { anonymousId } = (await analytics.track("Thing Seen", { number: 0 })).event;
      await analytics.page("Docs", "Start", { number: 1 });
      await analytics.identify(user, { email: "bob@shop.example" });
      await Promise.all([...Array(12).keys()].map((number) => analytics.track("Thing Done", { number })));
      await analytics.page("Docs", "End", { number: 2 });
      await analytics.group("company-1", { size: 12 });
      const products = [{ product_id: "mug", name: "Mug", price: 12.75, quantity: 2 }];
      await analytics.track("Order Completed", { order_id: `order of ${user}`, currency: "USD", products });
      await analytics.screen("Home", { number: 3 });
      return anonymousId;
    }, userId);
    const things = Array.from({ length: 12 }, (_, number) => `Thing Done ${number}`);
    const sent = ["identify", ...things, "page 2", "group", "Order Completed", "screen 3"];
    await expectTimeline(server, userId, sent);
    await expectTimeline(server, `anonymous:${anonymousId}`, ["Thing Seen 0", "page 1"]);
    const { email, commerce } = await customer(server, userId);
    assert.deepEqual([email, commerce.orders, commerce.revenue], ["bob@shop.example", 1, 25.5]);
  });

  test(`configured by apiHost, sent ${way}: lost answers and repetitions count nothing twice`, async (t) => {
    const proxy = await openProxy(t, server);
    const hidden = new Set();
    // The answer to the first request with an event is lost, each time.
    proxy.harm = ({ events }) => {
      const isFirst = events.some(({ messageId }) => !hidden.has(messageId));
      for (const { messageId } of events) hidden.add(messageId);
      return isFirst ? "hide" : undefined;
    };
    const options = deliveryStrategy && { integrations: { "Segment.io": { deliveryStrategy } } };
    const page = await openPage(t, { host: proxy.url, options });
    const userId = `next-host-${way}`;
    await page.evaluate((user) => window.analytics.identify(user), userId);
    await page.evaluate(() =>
      Promise.all([...Array(8).keys()].map((number) => window.analytics.track("Thing Done", { number }))),
    );
    const sent = ["identify", ...Array.from({ length: 8 }, (_, number) => `Thing Done ${number}`)];
    await expectTimeline(server, userId, sent);
    // More than twice, where a batch is sent again together with what came after it.
    const times = ({ messageId }) => proxy.events().filter((event) => event.messageId === messageId).length;
    await until(() => proxy.events().length >= 18 && proxy.events().every((event) => times(event) > 1), "repetitions");
    const paths = new Set(proxy.requests.map(({ url }) => url));
    assert.deepEqual([...paths].sort(), deliveryStrategy ? ["/v1/b"] : ["/v1/i", "/v1/t"]);
    await proxy.repeat();
    await expectTimeline(server, userId, sent);
  });
}

test("what waits in a batch goes out when the page is left", async (t) => {
  const deliveryStrategy = { strategy: "batching", config: { size: 100, timeout: 600_000 } };
  const options = { integrations: { "Segment.io": { deliveryStrategy } } };
  const page = await openPage(t, { cdnURL: server.url, options });
  await page.evaluate(async () => {
    await window.analytics.identify("next-leaves");
    for (let number = 0; number < 5; number++) await window.analytics.track("Thing Done", { number });
  });
  assert.equal(await customer(server, "next-leaves"), undefined, "nothing was sent yet");
  await page.goto("about:blank");
  const things = Array.from({ length: 5 }, (_, number) => `Thing Done ${number}`);
  await expectTimeline(server, "next-leaves", ["identify", ...things]);
});

test("a server that is down at first gets everything", async (t) => {
  const page = await browser.newPage();
  t.after(() => closeBounded(page));
  await page.goto(`${shop.url}/start`);
  await server.stop();
  await page.evaluate(
    async ([key, settings]) => {
      const analytics = window.AnalyticsBrowser.load({ writeKey: key, ...settings });
      await analytics.ready();
      void analytics.identify("next-down");
      for (let number = 0; number < 5; number++) void analytics.track("Thing Done", { number });
    },
    [writeKey, settingsFor(server.url)],
  );
  await page.waitForTimeout(1000);
  await server.start();
  const things = Array.from({ length: 5 }, (_, number) => `Thing Done ${number}`);
  await expectTimeline(server, "next-down", ["identify", ...things]);
});

test("nothing went to quarantine", () => expectNoRejects(server));
