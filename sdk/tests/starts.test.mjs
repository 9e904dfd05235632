// What the console's page of a source offers to copy, run as it stands there.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { build } from "esbuild";
import { bundle, launch, openShop, openVisitor } from "./harness/browser.mjs";
import { openServer } from "./harness/server.mjs";
import { customer, expectNoRejects, expectTimeline } from "./harness/timeline.mjs";

const run = promisify(execFile);
const here = fileURLToPath(new URL(".", import.meta.url));
const source = fileURLToPath(new URL("../../console/src/features/sources/snippets.ts", import.meta.url));

let server;
let folder;
let snippet;
const starts = {};

before(async () => {
  server = await openServer();
  // Below this folder, so that a program in it finds the SDKs that are installed here.
  folder = mkdtempSync(join(here, "node_modules", ".starts-"));
  const compiled = join(folder, "snippets.mjs");
  await build({ entryPoints: [source], bundle: true, format: "esm", outfile: compiled, logLevel: "error" });
  ({ snippet } = await import(compiled));
});
after(async () => {
  if (folder) rmSync(folder, { recursive: true });
  await server?.close();
});

/** The code to copy, for a new source. It speaks of `user-1`; each start gets a person of its own. */
async function copied(start) {
  const key = await server.source(start);
  const { code } = snippet(start, { origin: server.url, key, currency: "USD" });
  assert.ok(code.includes("user-1"), code);
  return code.replaceAll("user-1", `user-${start}`).replaceAll("order-1", `order-${start}`);
}

function write(name, text) {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

starts.node = async (code) => run(process.execPath, [write("start.mjs", code)]);
starts.python = async (code) => run(join(here, ".venv/segment-analytics-python/bin/python"), [write("start.py", code)]);
starts.curl = async (code) => run("bash", [write("start.sh", code)]);
starts.browser = async (code, t) => inBrowser(t, code, {});
starts["analytics-next"] = async (code, t) =>
  inBrowser(t, `<script src="/program.js"></script>`, { "/program.js": await bundle(code) });

async function inBrowser(t, body, scripts) {
  const shop = await openShop({ head: body, scripts });
  t.after(shop.close);
  const browser = await launch();
  t.after(() => browser.close());
  const page = await openVisitor(t, browser, [shop.url, server.url]);
  await page.goto(`${shop.url}/start`);
  await page.waitForResponse(
    (response) => response.url().startsWith(server.url) && response.request().method() === "POST",
  );
}

const sent = {
  browser: ["page", "identify", "Product Viewed"],
  "analytics-next": ["identify", "Product Viewed"],
  node: ["identify", "Order Completed"],
  python: ["identify", "Order Completed"],
  curl: ["Order Completed"],
};

for (const [start, events] of Object.entries(sent)) {
  test(`the start for ${start} works as it is copied`, async (t) => {
    await starts[start](await copied(start), t);
    await expectTimeline(server, `user-${start}`, events);
    const { email, commerce } = await customer(server, `user-${start}`);
    assert.equal(email ?? undefined, events.includes("identify") ? "ann@example.com" : undefined);
    assert.equal(commerce.revenue, events.includes("Order Completed") ? 59.9 : 0);
  });
}

test("nothing went to quarantine", () => expectNoRejects(server));
