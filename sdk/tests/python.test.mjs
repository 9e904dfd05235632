// Both official Python SDKs, unchanged, against a real server: segment-analytics-python, and analytics-python that came before
// it and is still in use. Each is in an environment of its own, since both bring the module `segment.analytics`.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { openProxy } from "./harness/proxy.mjs";
import { openServer, sleep } from "./harness/server.mjs";
import { customer, expectNoRejects, expectTimeline } from "./harness/timeline.mjs";

const script = fileURLToPath(new URL("python/send.py", import.meta.url));
const sdks = [
  { name: "segment-analytics-python", module: "segment.analytics" },
  { name: "analytics-python", module: "analytics" },
];

let server;
let write_key;

before(async () => {
  server = await openServer();
  write_key = await server.source("Warehouse");
});
after(() => server?.close());

/** Runs the sender; gives what went wrong as the SDK reported it. */
function send(sdk, options, person, count) {
  const python = fileURLToPath(new URL(`.venv/${sdk.name}/bin/python`, import.meta.url));
  const given = [script, sdk.module, JSON.stringify({ write_key, ...options }), person, `${count}`];
  const sender = spawn(python, given, { stdio: ["ignore", "pipe", "pipe"] });
  const said = { stdout: "", stderr: "" };
  for (const stream of ["stdout", "stderr"]) sender[stream].on("data", (chunk) => (said[stream] += chunk));
  return new Promise((done, fail) => {
    sender.once("error", (error) => fail(new Error(`${python}: ${error.message}; run npm run python`)));
    sender.once("close", (code) =>
      code === 0 ? done(JSON.parse(said.stdout)) : fail(new Error(`send.py ended with ${code}: ${said.stderr}`)),
    );
  });
}

/** What the sender sends about the person. `alias` is about the id that it names. */
function sentBy(count) {
  const things = Array.from({ length: count }, (_, number) => `Thing Done ${number}`);
  return ["identify", ...things, "page 1", "screen 2", "group", "alias", "Order Completed"];
}

const ways = [
  { way: "queued, gzip", options: { gzip: true }, slash: "" },
  { way: "queued, plain, host with a slash", options: {}, slash: "/" },
  { way: "one by one, gzip, host with a slash", options: { sync_mode: true, gzip: true }, slash: "/" },
];

for (const sdk of sdks) {
  for (const [index, { way, options, slash }] of ways.entries()) {
    test(`${sdk.name}: every call arrives once, also when sent again (${way})`, async (t) => {
      const proxy = await openProxy(t, server);
      const person = `${sdk.name}-${index}`;
      assert.deepEqual(await send(sdk, { ...options, host: proxy.url + slash }, person, 12), []);
      const packed = proxy.requests.map(({ headers }) => headers["content-encoding"] === "gzip");
      assert.ok(packed.every((each) => each === Boolean(options.gzip)) && packed.length > 2);
      await expectTimeline(server, person, sentBy(12));
      await expectTimeline(server, `anonymous:${person}-visitor`, ["Thing Seen 1"]);
      await proxy.repeat();
      await expectTimeline(server, person, sentBy(12));
      const { email, commerce } = await customer(server, person);
      assert.deepEqual([email, commerce.orders, commerce.revenue], [`${person}@shop.example`, 1, 25.5]);
    });
  }

  test(`${sdk.name}: a server that is down at first gets everything`, async () => {
    await server.stop();
    const sending = send(sdk, { host: server.url }, `${sdk.name}-down`, 12);
    await sleep(1200);
    await server.start();
    assert.deepEqual(await sending, []);
    await expectTimeline(server, `${sdk.name}-down`, sentBy(12));
  });

  test(`${sdk.name}: a wrong key is reported after one request`, async (t) => {
    const proxy = await openProxy(t, server);
    const faults = await send(sdk, { host: proxy.url, write_key: "wrong" }, "nobody", 0);
    assert.equal(faults.length, 1);
    assert.match(faults[0].error, /no enabled source has this write key.*401/);
    assert.equal(proxy.requests.length, 1, "it is not sent again");
  });
}

test("nothing went to quarantine", () => expectNoRejects(server));
