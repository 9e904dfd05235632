// One Chromium, and a shop on another origin than Bellwether, as shops are.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { chromium } from "playwright-core";
import { closeBounded, findChromium, flags } from "../../../scripts/chromium.mjs";

const names = "--host-resolver-rules=MAP *.example 127.0.0.1";
const folder = fileURLToPath(new URL("..", import.meta.url));
const umd = new URL("../node_modules/@segment/analytics-next/dist/umd/", import.meta.url);

/** Chromium from `CHROMIUM`, or from the path. */
export function launch() {
  return chromium.launch({ executablePath: findChromium(), args: [...flags, names] });
}

/** A program for pages, built as shops build it. */
export async function bundle(contents) {
  const built = await build({
    stdin: { contents, resolveDir: folder },
    bundle: true,
    write: false,
    format: "iife",
    target: "es2020",
    logLevel: "error",
  });
  return built.outputFiles[0].text;
}

/**
 * The shop at `http://shop.example:…`. `scripts` are its files of JavaScript by path; every other address is a page with
 * `head`. Below `/umd/` it serves what npm brings of analytics-next for pages without a build.
 */
export async function openShop({ head = "", scripts = {} }) {
  const page = (path) => `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Page ${path}</title>
    ${head}</head><body><h1>${path}</h1></body></html>`;
  const listener = createServer((request, response) => {
    const { pathname } = new URL(request.url, "http://shop.example");
    const script = pathname.startsWith("/umd/") ? readFileSync(new URL(pathname.slice(5), umd)) : scripts[pathname];
    if (script) return response.writeHead(200, { "content-type": "text/javascript; charset=utf-8" }).end(script);
    if (pathname === "/favicon.ico") return response.writeHead(204).end();
    response.writeHead(200, { "content-type": "text/html; charset=utf-8" }).end(page(pathname));
  });
  await new Promise((done) => listener.listen(0, "127.0.0.1", done));
  const close = () => {
    listener.closeAllConnections();
    listener.close();
  };
  return { url: `http://shop.example:${listener.address().port}`, close };
}

/** A visitor: a browser context of its own. What goes wrong in the page is a failure, and so is a request to anybody else. */
export async function openVisitor(t, browser, allowed) {
  const context = await browser.newContext();
  const [faults, strangers] = [[], []];
  context.on("weberror", (error) => faults.push(String(error.error())));
  // That a server said 503 is what some tests are about.
  const isFault = (message) => message.type() === "error" && !message.text().includes("status of 503");
  context.on("console", (message) => isFault(message) && faults.push(message.text()));
  context.on("request", (request) => {
    if (!allowed.some((url) => request.url().startsWith(`${url}/`))) strangers.push(request.url());
  });
  t.after(async () => {
    await closeBounded(context);
    assert.deepEqual({ faults, strangers }, { faults: [], strangers: [] });
  });
  return context.newPage();
}
