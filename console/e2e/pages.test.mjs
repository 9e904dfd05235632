// Every page in four combinations of language, theme and size: no accessibility violation, no sideways scroll, no error
// in the console, no report of the content security policy. Keeps a picture of each.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { axe, firstOfEach, launch, looks, openConsole, openPage, overflows, shoot, visit } from "./browser.mjs";

let server;
let browser;
let addresses;

before(async () => {
  server = await openConsole();
  browser = await launch();
  const { customer, segment, campaign, experiment, source } = await firstOfEach(server.url);
  addresses = {
    overview: "/",
    customers: "/customers",
    customer: `/customers/${customer.id}`,
    "customer-recommendations": `/customers/${customer.id}?tab=recommendations`,
    "customer-messages": `/customers/${customer.id}?tab=messages`,
    segments: "/segments",
    segment: `/segments/${segment.slug}`,
    recommendations: "/recommendations",
    campaigns: "/campaigns",
    campaign: `/campaigns/${campaign.slug}`,
    "campaign-content": `/campaigns/${campaign.slug}?tab=content`,
    "campaign-deliveries": `/campaigns/${campaign.slug}?tab=deliveries`,
    experiments: "/experiments",
    experiment: `/experiments/${experiment.slug}`,
    backtest: "/backtest",
    imports: "/imports",
    sources: "/sources",
    source: `/sources/${source.slug}`,
    "source-python": `/sources/${source.slug}?start=python`,
    stores: "/stores",
    store: "/stores?store=VIE-01",
    plan: "/plan",
    live: "/live",
    quality: "/quality",
    quarantine: "/quality?tab=quarantine",
    missing: "/no-such-page",
  };
});

after(async () => {
  await browser?.close();
  server?.stop();
});

for (const look of looks) {
  test(`pages are sound: ${look.name}`, async (context) => {
    const { page, faults, close } = await openPage(browser, look);
    for (const [name, address] of Object.entries(addresses)) {
      await context.test(name, async () => {
        faults.length = 0;
        await visit(page, `${server.url}${address}`);
        await shoot(page, `${name}.${look.name}`);
        assert.deepEqual(await axe(page), [], "accessibility violations");
        assert.equal(await overflows(page), false, "the page scrolls sideways");
        assert.deepEqual(faults, [], "errors in the console");
        assert.equal(await page.evaluate(() => document.documentElement.lang), look.language);
      });
    }
    await close();
  });
}

test("axe finds a planted fault, so that its silence means something", async () => {
  const { page, close } = await openPage(browser);
  await visit(page, `${server.url}/campaigns`);
  await page.evaluate(() => {
    const planted = document.createElement("div");
    planted.innerHTML = '<img src="/favicon.svg"><p style="color:#c9ced6;background:#fff">faint</p>';
    document.querySelector("main").append(planted);
  });
  const found = await axe(page);
  assert.ok(
    found.some((rule) => rule.startsWith("image-alt")),
    String(found),
  );
  assert.ok(
    found.some((rule) => rule.startsWith("color-contrast")),
    String(found),
  );
  await close();
});

test("the policy forbids inline scripts, and a breach of it is noticed", async () => {
  const { page, faults, close } = await openPage(browser);
  await visit(page, `${server.url}/campaigns`);
  await page.evaluate(() => {
    const script = document.createElement("script");
    script.textContent = "window.planted = true";
    document.body.append(script);
  });
  assert.equal(await page.evaluate(() => window.planted), undefined);
  assert.ok(
    faults.some((text) => text.startsWith("CSP: script-src")),
    String(faults),
  );
  await close();
});
