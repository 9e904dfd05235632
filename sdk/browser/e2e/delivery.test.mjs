// How it is sent: batches, retries, pages that go, tabs that crash, several tabs.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { delivered, launch, openSink, openVisitor, queues, ready, sleep, track, until } from "./harness.mjs";

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser?.close());

const quiet = { attributes: 'data-auto="none"' };
const unavailable = () => ({ status: 503, after: 1 });
const hide = (page) =>
  page.evaluate(() => {
    Object.defineProperty(document, "visibilityState", { value: "hidden", configurable: true });
    document.dispatchEvent(new Event("visibilitychange"));
  });
const trackMany = (page, count, text = "") =>
  page.evaluate(
    ([many, filling]) => {
      for (let number = 0; number < many; number++) window.bellwether.track("Many", { number, filling });
    },
    [count, text],
  );

test("a second gathers a batch, and twenty events or 30 KB end it early", async (t) => {
  const sink = await openSink(t, quiet);
  const visitor = await openVisitor(t, browser, { clock: true });
  const page = await visitor.visit(sink.url);
  const sent = async (act, batches) => {
    sink.requests.length = 0;
    await act();
    await sink.until(() => sink.requests.length >= batches.length, `batches of ${batches} events`);
    assert.deepEqual(
      sink.requests.map(({ json }) => json.batch.length),
      batches,
    );
    // What follows is a batch of its own only when the page has seen the answer.
    await delivered(page);
  };
  // The page's clock stands still, unless it is told to go on: what is sent without, is sent at once.
  await trackMany(page, 3);
  await page.clock.runFor(990);
  assert.equal(sink.requests.length, 0);
  await sent(() => page.clock.runFor(20), [3]);
  await sent(() => trackMany(page, 20), [20]);
  await sent(() => trackMany(page, 3, "x".repeat(11_000)), [3]);
  await sent(() => trackMany(page, 45), [20, 25]);
  await sent(async () => {
    await trackMany(page, 1);
    await page.evaluate(() => window.bellwether.flush());
  }, [1]);
});

test("what waited long goes in batches below 450 KB", async (t) => {
  const sink = await openSink(t, quiet);
  sink.answer = unavailable;
  const page = await (await openVisitor(t, browser)).visit(sink.url);
  await trackMany(page, 160, "x".repeat(2_500));
  await sink.until(() => sink.requests.length, "a refusal");
  sink.requests.length = 0;
  sink.answer = () => ({ status: 200 });
  await sink.until(() => sink.events().length === 160, "all events", 12);
  assert.ok(sink.requests.length >= 2);
  for (const { bytes } of sink.requests) assert.ok(bytes < 450_000, `${bytes}`);
});

test("a busy server is asked again, when it said, with the same ids", async (t) => {
  const sink = await openSink(t, quiet);
  sink.answer = () => ({ status: 503, after: 3 });
  const page = await (await openVisitor(t, browser)).visit(sink.url);
  await track(page, "Patient");
  await sink.until(() => sink.requests.length === 1, "the refusal");
  sink.answer = () => ({ status: 200 });
  // Neither more events, nor a flush, nor leaving, nor another page shortens the wait.
  await trackMany(page, 25);
  await page.evaluate(() => window.bellwether.flush());
  await page.goto(`${sink.url}/next`);
  await ready(page);
  await trackMany(page, 25);
  await sink.until(() => sink.events().length >= 51, "all events", 12);
  const [first, second] = sink.requests;
  assert.ok(second.at - first.at >= 3_000, `${second.at - first.at} ms`);
  assert.equal(second.json.batch[0].messageId, first.json.batch[0].messageId);
  assert.equal(new Set(sink.events().map(({ messageId }) => messageId)).size, 51);
});

test("a broken network is tried again after growing pauses", async (t) => {
  const sink = await openSink(t, quiet);
  sink.answer = () => ({ status: 0, drop: true });
  const page = await (await openVisitor(t, browser)).visit(sink.url);
  await track(page, "Stubborn");
  await sink.until(() => sink.requests.length === 4, "four tries", 20);
  sink.answer = () => ({ status: 200 });
  await sink.until(() => sink.named("Stubborn").length === 1, "the event", 15);
  const [a, b, c, d] = sink.requests.map(({ at }) => at);
  assert.ok(b - a >= 490, `${b - a} ms`);
  assert.ok(c - b >= 990, `${c - b} ms`);
  assert.ok(d - c >= 1_990, `${d - c} ms`);
});

test("back on the network it does not wait for the pause", async (t) => {
  const sink = await openSink(t, quiet);
  const visitor = await openVisitor(t, browser, { clock: true });
  const page = await visitor.visit(sink.url);
  await visitor.context.setOffline(true);
  const failed = page.waitForEvent("requestfailed");
  await track(page, "Offline");
  await page.clock.runFor(1_000);
  await failed;
  await visitor.context.setOffline(false);
  await sink.until(() => sink.named("Offline").length === 1, "the event");
});

test("what is refused for good is dropped with a warning, and the next goes through", async (t) => {
  const sink = await openSink(t, quiet);
  const visitor = await openVisitor(t, browser);
  const page = await visitor.visit(sink.url);
  sink.answer = () => ({ status: 400 });
  await track(page, "Refused");
  await sink.until(() => sink.requests.length === 1, "the refusal");
  sink.answer = () => ({ status: 200 });
  await sleep(300);
  await track(page, "Accepted");
  await sink.until(() => sink.named("Accepted").length === 1, "the next event");
  assert.equal(sink.requests.length, 2);
  assert.ok(
    visitor.warnings.some((text) => text.includes("refused 1 events: 400")),
    visitor.warnings.join(),
  );
});

test("an event tracked in the moment of leaving arrives, though the next page is another site's", async (t) => {
  const sink = await openSink(t, quiet);
  const visitor = await openVisitor(t, browser);
  const page = await visitor.visit(sink.url);
  // So slow that the page is long gone before the answer.
  sink.answer = () => sleep(1_000).then(() => ({ status: 200 }));
  await page.evaluate(() => {
    window.bellwether.track("Last Words");
    location.href = "about:blank";
  });
  await sink.until(() => sink.named("Last Words").length === 1, "the event");
  await sleep(100);
  assert.deepEqual(
    sink.requests.map(({ cancelled }) => cancelled),
    [false],
  );
});

test("what could not be sent while leaving is sent by the next page", async (t) => {
  const sink = await openSink(t, quiet);
  sink.answer = () => ({ status: 0, drop: true });
  const page = await (await openVisitor(t, browser)).visit(sink.url);
  await trackMany(page, 5);
  await page.goto(`${sink.url}/next`);
  await ready(page);
  sink.answer = () => ({ status: 200 });
  await sink.until(() => sink.named("Many").length === 5, "the events", 12);
  await sleep(300);
  assert.deepEqual(await queues(page), []);
});

test("a browser that does not know keepalive sends by beacon while leaving", async (t) => {
  const sink = await openSink(t, quiet);
  const visitor = await openVisitor(t, browser, { init: () => delete Request.prototype.keepalive });
  const page = await visitor.visit(sink.url);
  await page.evaluate(() => {
    window.fetch = () => Promise.reject(new Error("not by fetch"));
    window.bellwether.track("By Beacon");
    location.href = "about:blank";
  });
  await sink.until(() => sink.named("By Beacon").length === 1, "the event");
  await page.waitForURL("about:blank");
  assert.match(sink.requests[0].headers["content-type"], /^text\/plain\b/);
});

test("requests that outlive the page hold less than 64 KiB together, and the rest is not lost", async (t) => {
  const sink = await openSink(t, quiet);
  let open = () => {};
  const opened = new Promise((done) => {
    open = done;
  });
  sink.answer = () => opened.then(() => ({ status: 200 }));
  const page = await (await openVisitor(t, browser)).visit(sink.url);
  await trackMany(page, 2, "x".repeat(20_000));
  await sink.until(() => sink.requests.length === 1, "the first batch");
  await trackMany(page, 5, "y".repeat(9_000));
  await hide(page);
  await sink.until(() => sink.requests.length === 2, "what fits beside it");
  await sleep(1_500);
  const bytes = sink.requests.reduce((sum, request) => sum + request.bytes, 0);
  assert.ok(bytes > 45_000 && bytes < 65_536, `${bytes} bytes in ${sink.requests.length} requests`);
  open();
  await sink.until(() => sink.events().length >= 7, "the rest");
  await sleep(300);
  assert.equal(sink.events().length, 7);
});

test("hiding the page sends without waiting", async (t) => {
  const sink = await openSink(t, quiet);
  const visitor = await openVisitor(t, browser, { clock: true });
  const page = await visitor.visit(sink.url);
  await track(page, "Hidden");
  await hide(page);
  await sink.until(() => sink.named("Hidden").length === 1, "the event");
  await delivered(page);
  await page.clock.runFor(1_500);
  assert.equal(sink.requests.length, 1);
});

test("the queue of a tab that crashed is sent by another", async (t) => {
  const sink = await openSink(t, quiet);
  sink.answer = () => ({ status: 0, drop: true });
  const visitor = await openVisitor(t, browser);
  const page = await visitor.visit(sink.url);
  await trackMany(page, 3);
  await until(async () => (await queues(page)).length === 1, "the stored queue");
  const crashed = new Promise((done) => page.once("crash", done));
  page.goto("chrome://crash").catch(() => {});
  await crashed;
  sink.answer = () => ({ status: 200 });
  const other = await visitor.visit(`${sink.url}/other`);
  await sink.until(() => sink.named("Many").length >= 3, "the events", 25);
  await sleep(300);
  assert.equal(sink.events().length, 3);
  assert.deepEqual(await queues(other), []);
});

test("several tabs send each its own, once", async (t) => {
  const sink = await openSink(t, quiet);
  sink.answer = unavailable;
  const visitor = await openVisitor(t, browser);
  const tabs = [];
  for (let number = 0; number < 4; number++) {
    const page = await visitor.visit(`${sink.url}/tab${number}`);
    await trackMany(page, 6);
    tabs.push(page);
  }
  assert.equal((await queues(tabs[0])).length, 4);
  await sleep(17_000);
  assert.equal((await queues(tabs[0])).length, 4);
  sink.answer = () => ({ status: 200 });
  await sink.until(() => sink.events().length >= 24, "all events", 30);
  await sleep(2_500);
  assert.equal(sink.events().length, 24);
  assert.equal(new Set(sink.events().map(({ messageId }) => messageId)).size, 24);
  assert.deepEqual(await queues(tabs[0]), []);
});

test("two tabs that find one abandoned queue do not both send it", async (t) => {
  const sink = await openSink(t, quiet);
  sink.answer = unavailable;
  const visitor = await openVisitor(t, browser);
  const left = await visitor.visit(sink.url);
  await trackMany(left, 10);
  await left.goto("about:blank");
  sink.answer = () => ({ status: 200 });
  await sleep(1_200);
  sink.requests.length = 0;
  await Promise.all([1, 2, 3].map((number) => visitor.visit(`${sink.url}/${number}`)));
  await sink.until(() => sink.events().length >= 10, "the events");
  await sleep(2_000);
  assert.equal(sink.events().length, 10);
});
