// Reads back what became of events: the timeline of a person, compared with what was sent, one by one.
import assert from "node:assert/strict";
import { until } from "./server.mjs";

/** The customer with this id of the shop; a visitor of whom no more is known is `anonymous:` and the anonymous id. */
export async function customer(server, userId) {
  const { rows } = await server.get(`customers?q=${encodeURIComponent(userId)}&page_size=500`);
  const row = rows.find((each) => each.user_id === userId);
  return row && server.get(`customers/${row.id}`);
}

/** Everything that a person did, newest first. */
export async function timeline(server, userId) {
  const person = await customer(server, userId);
  const entries = [];
  let before = "";
  while (person) {
    const part = await server.get(`customers/${person.id}/timeline?limit=200${before}`);
    entries.push(...part.events);
    if (!part.next) break;
    before = `&before=${encodeURIComponent(part.next)}`;
  }
  return entries;
}

/** An event in short: its name, and the number that tells it from others of that name, where it has one. */
export function short({ name, properties }) {
  return properties?.number === undefined ? name : `${name} ${properties.number}`;
}

/** What was sent and is not there, and what is there and was not sent (or not so often). Both lists hold short names. */
export function difference(sent, found) {
  const extra = [...found];
  const missing = sent.filter((one) => {
    const place = extra.indexOf(one);
    if (place >= 0) extra.splice(place, 1);
    return place < 0;
  });
  return { missing, extra };
}

/** Waits for what was sent to be there, then for the server to be done, and wants each exactly once and nothing else. */
export async function expectTimeline(server, userId, sent) {
  let found = [];
  const compare = async () => {
    found = await timeline(server, userId);
    return difference(sent, found.map(short));
  };
  try {
    await until(async () => (await compare()).missing.length === 0, `the events of ${userId}`);
  } catch (error) {
    const { missing, extra } = await compare();
    error.message += `; missing: ${missing.join(", ")}; extra: ${extra.join(", ")}`;
    throw error;
  }
  await server.settled();
  assert.deepEqual(await compare(), { missing: [], extra: [] }, `the timeline of ${userId}`);
  return found;
}

/** Nothing that was sent has gone to quarantine. */
export async function expectNoRejects(server) {
  const { rows } = await server.get("quality/rejects");
  assert.deepEqual(rows, [], "nothing is in quarantine");
}
