// What the browser tests share: one Chromium, pages that note every fault, axe, and the address under test.
import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { closeBounded, findChromium, flags } from "../../scripts/chromium.mjs";

const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const shots = fileURLToPath(new URL("shots", import.meta.url));

export const desktop = { width: 1440, height: 900 };
export const phone = { width: 390, height: 844 };

/** Both languages, both themes, on a desk and on a phone. */
export const looks = [
  { name: "light-en-desktop", theme: "light", language: "en", viewport: desktop },
  { name: "dark-zh-desktop", theme: "dark", language: "zh-CN", viewport: desktop },
  { name: "light-zh-phone", theme: "light", language: "zh-CN", viewport: phone },
  { name: "dark-en-phone", theme: "dark", language: "en", viewport: phone },
];

/** The same in two, for what takes long. */
export const fewLooks = [looks[0], { name: "dark-zh-phone", theme: "dark", language: "zh-CN", viewport: phone }];

/** The console under test: a running `bellwether serve`, or the fixtures when `BELLWETHER_URL` is `mock`. */
export async function openConsole() {
  const address = process.env.BELLWETHER_URL;
  assert.ok(
    address,
    "set BELLWETHER_URL to the address of a running `bellwether serve` (or to `mock` for the fixtures)",
  );
  if (address !== "mock") return { url: address.replace(/\/$/, ""), stop: () => {} };
  const { serveMock } = await import("./mock/serve.mjs");
  return serveMock();
}

/** Chromium from `CHROMIUM`, or from the path. */
export function launch() {
  return chromium.launch({ executablePath: findChromium(), args: flags });
}

/** A page in a language, a theme and a size, which remembers everything that went wrong in it. */
export async function openPage(browser, { language = "en", theme = "light", viewport = desktop } = {}) {
  const context = await browser.newContext({
    viewport,
    colorScheme: theme,
    locale: language,
    reducedMotion: "reduce",
    hasTouch: viewport === phone,
  });
  await context.addInitScript(
    ([savedLanguage, savedTheme]) => {
      // A sandboxed preview has no storage, and needs none.
      if (window !== window.top) return;
      if (!localStorage.getItem("bellwether.language")) localStorage.setItem("bellwether.language", savedLanguage);
      if (!localStorage.getItem("mantine-color-scheme-value")) {
        localStorage.setItem("mantine-color-scheme-value", savedTheme);
      }
      document.addEventListener("securitypolicyviolation", (event) => {
        console.error(`CSP: ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile ?? ""}`);
      });
    },
    [language, theme],
  );
  const page = await context.newPage();
  const faults = [];
  page.on("console", (message) => {
    // A sandboxed preview says that it runs no script; that is its purpose.
    if (message.type() === "error" && !message.text().includes("sandboxed")) faults.push(message.text());
  });
  page.on("pageerror", (error) => faults.push(String(error)));
  return { page, faults, close: () => closeBounded(context) };
}

/** Goes to an address and waits until nothing is loading any more. */
export async function visit(page, address) {
  await page.goto(address);
  await settle(page);
}

/** Waits for the heading, for every skeleton to go, and for the charts. */
export async function settle(page) {
  await page.locator("h1").first().waitFor();
  await page.waitForFunction(() => {
    const busy = document.querySelector("[aria-busy=true], .mantine-Skeleton-root");
    const now = performance.now();
    if (busy || window.quietSince === undefined) window.quietSince = busy ? undefined : now;
    return !busy && now - window.quietSince > 250;
  });
  await page.evaluate(() => document.fonts.ready);
}

/** WCAG 2.0 to 2.2, A and AA. Gives the violations in short. Runs in an isolated world, which the page's CSP lets be. */
export async function axe(page) {
  const client = await page.context().newCDPSession(page);
  const { frameTree } = await client.send("Page.getFrameTree");
  const { executionContextId } = await client.send("Page.createIsolatedWorld", { frameId: frameTree.frame.id });
  const run = async (expression) => {
    const { result, exceptionDetails } = await client.send("Runtime.evaluate", {
      expression,
      contextId: executionContextId,
      awaitPromise: true,
      returnByValue: true,
    });
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return result.value;
  };
  await run(`${axeSource};0`);
  const found = await run(`axe.run(document, {
    runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"], resultTypes: ["violations"], iframes: false,
  }).then((result) => result.violations.map((rule) => rule.id + ": " + rule.nodes.map((node) => node.html.slice(0, 160)).join(" | ")))`);
  await client.detach();
  return found;
}

/** Whether the page is wider than its window. */
export function overflows(page) {
  return page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth + 1);
}

/** Keeps a picture, and fails where people could not use the page or something went wrong in it. */
export async function sound(page, name, faults) {
  await shoot(page, name);
  assert.deepEqual(await axe(page), [], "accessibility violations");
  assert.equal(await overflows(page), false, "the page scrolls sideways");
  assert.deepEqual(faults, [], "errors in the console");
}

/** Keeps a picture of the whole page. */
export async function shoot(page, name) {
  if (!existsSync(shots)) mkdirSync(shots, { recursive: true });
  // A preview below the window's edge is not painted before it is scrolled to.
  for (const frame of await page.locator("iframe").all()) {
    await frame.scrollIntoViewIfNeeded();
    await page.waitForTimeout(300);
  }
  await page.evaluate(() => window.scrollTo(0, 0));
  if ((await page.locator("iframe").count()) > 0) await page.waitForTimeout(800);
  await page.screenshot({ path: `${shots}/${name}.png`, fullPage: true });
}

/** The first real customer, campaign, segment and experiment, so that the pages of one can be visited. */
export async function firstOfEach(url) {
  const get = async (path) => {
    const response = await fetch(`${url}/api/v1/${path}`);
    assert.equal(response.status, 200, `GET ${path}`);
    return response.json();
  };
  const [customers, segments, campaigns, experiments, sources] = await Promise.all([
    get("customers?page_size=1&sort=net_revenue&descending=true"),
    get("segments"),
    get("campaigns"),
    get("experiments"),
    get("sources"),
  ]);
  return {
    customer: customers.rows[0],
    segment: segments[0],
    campaign: campaigns[0],
    experiment: experiments[0],
    // One that events come from, where there is one.
    source: sources.sources.find((source) => source.status === "live") ?? sources.sources[0] ?? (await makeSource(url)),
  };
}

/** A shop that only imported files has no source yet. */
async function makeSource(url) {
  const response = await fetch(`${url}/api/v1/sources`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ name: "Online shop", kind: "website" }),
  });
  assert.equal(response.status, 201);
  return (await response.json()).source;
}
