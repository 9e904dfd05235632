// The other tests can fail: with events that are lost or doubled on the way the same comparison says so.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Analytics } from "@segment/analytics-node";
import { openProxy } from "./harness/proxy.mjs";
import { openServer } from "./harness/server.mjs";
import { difference, expectTimeline, short, timeline } from "./harness/timeline.mjs";

let server;
let writeKey;

before(async () => {
  server = await openServer();
  writeKey = await server.source("Control");
});
after(() => server?.close());

/** Sends ten events one by one; the request with the fourth comes to harm. */
async function sendWith(t, userId, harm) {
  const proxy = await openProxy(t, server);
  proxy.harm = ({ events }) => (events[0].properties.number === 3 ? harm : undefined);
  const analytics = new Analytics({ writeKey, host: proxy.url, flushAt: 1 });
  const sent = Array.from({ length: 10 }, (_, number) => `Thing Done ${number}`);
  for (let number = 0; number < 10; number++) analytics.track({ userId, event: "Thing Done", properties: { number } });
  await analytics.closeAndFlush();
  await server.settled();
  return sent;
}

const found = async (userId) => (await timeline(server, userId)).map(short);

test("without harm there is no difference", async (t) => {
  await expectTimeline(server, "control-0", await sendWith(t, "control-0", undefined));
});

test("an event that was dropped on the way is missing", async (t) => {
  const sent = await sendWith(t, "control-1", "drop");
  assert.deepEqual(difference(sent, await found("control-1")), { missing: ["Thing Done 3"], extra: [] });
});

test("an event that came under two ids is there twice, and the comparison is red", async (t) => {
  const sent = await sendWith(t, "control-2", "double");
  assert.deepEqual(difference(sent, await found("control-2")), { missing: [], extra: ["Thing Done 3"] });
  await assert.rejects(expectTimeline(server, "control-2", sent), /the timeline of control-2/);
});
