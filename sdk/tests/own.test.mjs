// Our own script, b.js, as the server gives it out: in the demonstration shop, and on a page of another origin.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch, openShop, openVisitor } from "./harness/browser.mjs";
import { openProxy } from "./harness/proxy.mjs";
import { openServer } from "./harness/server.mjs";
import { customer, expectNoRejects, expectTimeline } from "./harness/timeline.mjs";

let server;
let writeKey;
let browser;

before(async () => {
  server = await openServer();
  await server.source("Demonstration shop", "website");
  writeKey = await server.source("Online shop", "website");
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await server?.close();
});

const ready = (page) => page.waitForFunction(() => window.bellwether && !Array.isArray(window.bellwether));

test("a visit to the demonstration shop is on the timeline of the customer", async (t) => {
  const page = await openVisitor(t, browser, [server.url]);
  await page.goto(`${server.url}/demo`);
  await ready(page);
  const visitor = await page.evaluate(() => window.bellwether.anonymousId());
  await page.getByLabel("Customer number").fill("1042");
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("link", { name: "Dawn mug" }).click();
  await page.getByRole("button", { name: "Add to basket" }).click();
  await page.getByRole("button", { name: "Add to basket" }).click();
  await page.getByRole("link", { name: /Basket/ }).click();
  await page.getByRole("button", { name: "Order", exact: true }).click();
  await page.getByText("will never arrive").waitFor();
  // The order waits for others when the page is left.
  await page.goto("about:blank");

  const added = ["Product Added", "Product Added"];
  // The first page, and signing in, are what a visitor did of whom nothing was known yet.
  const sent = ["identify", "page", "Product Viewed", ...added, "page", "Order Completed"];
  const found = await expectTimeline(server, "1042", sent);
  const order = found.find(({ name }) => name === "Order Completed");
  assert.deepEqual([order.source, order.order.value, order.order.currency], ["demonstration-shop", 48, "EUR"]);
  assert.equal((await customer(server, "1042")).commerce.orders, 1);
  await expectTimeline(server, `anonymous:${visitor}`, ["page", "Form Submitted"]);
});

test("a page of another origin that is left at once loses nothing and sends nothing that counts twice", async (t) => {
  const proxy = await openProxy(t, server);
  const tag = `<script src="${proxy.url}/b.js" data-write-key="${writeKey}" data-auto="none" async></script>`;
  const shop = await openShop({ head: tag });
  t.after(shop.close);
  const page = await openVisitor(t, browser, [shop.url, proxy.url]);
  const sent = ["identify"];
  for (let visit = 0; visit < 4; visit++) {
    await page.goto(`${shop.url}/visit-${visit}`);
    await ready(page);
    await page.evaluate((number) => {
      if (number === 0) window.bellwether.identify("own-1", { email: "cy@shop.example" });
      for (let each = 0; each < 5; each++) window.bellwether.track("Thing Done", { number: 5 * number + each });
    }, visit);
    for (let each = 0; each < 5; each++) sent.push(`Thing Done ${5 * visit + each}`);
  }
  await page.goto(`${shop.url}/last`);
  await expectTimeline(server, "own-1", sent);
  await proxy.repeat();
  await expectTimeline(server, "own-1", sent);
  assert.equal((await customer(server, "own-1")).email, "cy@shop.example");
});

test("nothing went to quarantine", () => expectNoRejects(server));
