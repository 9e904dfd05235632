// What the browser tests share: a real HTTP server that serves pages with the script and collects what the script sends,
// and one Chromium.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { chromium } from "playwright-core";
import { closeBounded, findChromium, flags } from "../../../scripts/chromium.mjs";

const script = readFileSync(process.env.BELLWETHER_SCRIPT ?? new URL("../dist/b.js", import.meta.url));
const files = {
  "/demo": [new URL("../demo.html", import.meta.url), "text/html"],
  "/demo.js": [new URL("../demo.js", import.meta.url), "text/javascript"],
};
const names = "--host-resolver-rules=MAP *.example 127.0.0.1,MAP *.co.uk 127.0.0.1";

/** Chromium from `CHROMIUM`, or from the path. */
export function launch(options = {}) {
  return chromium.launch({ executablePath: findChromium(), args: [...flags, names], ...options });
}

export const sleep = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

/** Waits until `find` gives something. */
export async function until(find, what, seconds = 8) {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const found = await find();
    if (found) return found;
    if (Date.now() > end) assert.fail(`waited ${seconds} s for ${what}`);
    await sleep(20);
  }
}

/**
 * A server whose every address is a page with the script. `sink.answer` says how batches are answered; `sink.requests` are
 * all that came, `sink.events()` the events of those that were taken.
 */
export async function openSink(t, { attributes = "", head = "", body = "", host = "" } = {}) {
  const sink = { requests: [], attributes, head, body, answer: () => ({ status: 200 }) };
  const pageOf = (path) => `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Page ${path}</title>
    ${sink.head}<script src="${host}/b.js" data-write-key="key-1" ${sink.attributes} async></script></head>
    <body>${sink.body}</body></html>`;

  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url, "http://sink");
    if (pathname === "/b.js") return response.writeHead(200, { "Content-Type": "text/javascript" }).end(script);
    if (pathname === "/favicon.ico") return response.writeHead(204).end();
    if (pathname !== "/v1/batch") {
      const [file, type] = files[pathname] ?? [];
      const content = file ? readFileSync(file) : pageOf(pathname);
      return response.writeHead(200, { "Content-Type": `${type ?? "text/html"}; charset=utf-8` }).end(content);
    }
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const text = Buffer.concat(chunks).toString();
    const { method, headers } = request;
    const received = {
      method,
      headers,
      bytes: Buffer.byteLength(text),
      at: Date.now(),
      json: text && JSON.parse(text),
    };
    sink.requests.push(received);
    response.on("close", () => {
      received.cancelled = !response.writableFinished;
    });
    const { status, after, drop } = await sink.answer(received);
    received.status = status;
    if (drop) return request.socket.destroy();
    // What a page of another origin needs to see the status and the header.
    const cors = { "Access-Control-Allow-Origin": "*", "Access-Control-Expose-Headers": "Retry-After" };
    response.writeHead(status, { ...cors, ...(after === undefined ? {} : { "Retry-After": `${after}` }) }).end("{}");
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  sink.port = server.address().port;
  sink.url = `http://127.0.0.1:${sink.port}`;
  sink.taken = () => sink.requests.filter(({ status }) => status === 200);
  sink.events = () => sink.taken().flatMap(({ json }) => json.batch);
  sink.named = (name) => sink.events().filter((event) => event.event === name);
  sink.pages = () => sink.events().filter((event) => event.type === "page");
  sink.until = (find, what, seconds) => until(() => find(sink), what, seconds);
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return sink;
}

/**
 * A visitor: a browser context of its own. What the page throws is a failure, always. With `clock` the time of its pages
 * stands still after loading, until `page.clock` moves it, so a busy machine cannot be taken for a slow script.
 */
export async function openVisitor(t, browser, { init, clock, ...options } = {}) {
  const context = await browser.newContext(options);
  if (clock) await context.clock.install();
  if (init) await context.addInitScript(init);
  const faults = [];
  const warnings = [];
  context.on("weberror", (error) => faults.push(String(error.error())));
  context.on("console", (message) => message.type() === "warning" && warnings.push(message.text()));
  t.after(async () => {
    await closeBounded(context);
    assert.deepEqual(faults, []);
  });
  const visit = async (address) => {
    const page = await context.newPage();
    await page.goto(address);
    await ready(page);
    if (clock) await page.clock.pauseAt(Date.now() + 1_000);
    return page;
  };
  return { context, warnings, visit };
}

/** Until the script has taken the place of the list of calls. */
export function ready(page) {
  return page.waitForFunction(() => window.bellwether && !Array.isArray(window.bellwether));
}

/** Everything that the script keeps: local storage and cookies. */
export async function storedIn(page) {
  const storage = await page.evaluate(() => ({ ...localStorage }));
  const cookies = await page.context().cookies();
  return { storage, cookies: Object.fromEntries(cookies.map(({ name, value }) => [name, value])), raw: cookies };
}

/** The queues that wait in storage. */
export const queues = async (page) =>
  Object.keys((await storedIn(page)).storage).filter((key) => key.includes("queue"));

/** Until the page has seen that all is taken. Whatever leaves earlier sends it again, as it must. */
export const delivered = (page) => until(async () => !(await queues(page)).length, "an empty queue");

export const track = (page, name, properties) =>
  page.evaluate(([event, given]) => window.bellwether.track(event, given), [name, properties]);
