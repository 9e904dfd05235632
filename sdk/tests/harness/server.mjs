// A real `bellwether serve` on a data folder of its own, which can be stopped and started again, and its API.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const target = process.env.CARGO_TARGET_DIR ?? "target";
const binary = resolve(root, process.env.BELLWETHER_BINARY ?? join(target, "debug", "bellwether"));

export const sleep = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

/** Waits until `find` gives something. */
export async function until(find, what, seconds = 30) {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const found = await find();
    if (found) return found;
    if (Date.now() > end) assert.fail(`waited ${seconds} s for ${what}`);
    await sleep(20);
  }
}

/** Starts a server with an empty data folder. `close` ends it and removes the folder. */
export async function openServer() {
  const data = mkdtempSync(join(tmpdir(), "bellwether-sdk-tests-"));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  let running;
  const server = { url, port };

  server.start = async () => {
    const settings = [`server.listen=127.0.0.1:${port}`, "log.filter=warn"].flatMap((setting) => ["--set", setting]);
    const given = ["serve", "--data", data, ...settings];
    // In its own folder and without our own variables, so that nobody's settings count.
    const environment = Object.entries(process.env).filter(([name]) => !name.startsWith("BELLWETHER_"));
    const env = Object.fromEntries(environment);
    running = spawn(binary, given, { stdio: ["ignore", "ignore", "inherit"], env, cwd: data });
    running.ended = new Promise((done) => {
      running.once("error", (error) => done(`${binary}: ${error.message}`));
      running.once("exit", (code, signal) => done(code ?? signal));
    });
    let outcome;
    running.ended.then((how) => {
      outcome = how;
    });
    const ready = () =>
      fetch(`${url}/readyz`).then(
        ({ ok }) => ok && "ready",
        () => undefined,
      );
    assert.equal(await until(async () => outcome ?? (await ready()), "the server to be ready"), "ready");
  };

  /** In order, as an operator does it. */
  server.stop = async () => {
    running?.kill("SIGTERM");
    const code = await running?.ended;
    running = undefined;
    assert.ok(code === undefined || code === 0, `the server ended with ${code}`);
  };

  server.close = async () => {
    await server.stop();
    rmSync(data, { recursive: true, force: true });
  };

  server.get = async (path) => {
    const response = await fetch(`${url}/api/v1/${path}`);
    assert.equal(response.status, 200, `GET ${path}`);
    return response.json();
  };

  /** A new source; gives its write key. */
  server.source = async (name, kind = "server") => {
    const response = await fetch(`${url}/api/v1/sources`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ name, kind }),
    });
    assert.equal(response.status, 201, `POST sources: ${name}`);
    return (await response.json()).write_key;
  };

  /** Until everything that was taken is true. */
  server.settled = () =>
    until(async () => {
      const text = await (await fetch(`${url}/metrics`)).text();
      const batch = (which) => Number(new RegExp(`^bellwether_inbox_${which}_batch (\\d+)`, "m").exec(text)?.[1]);
      assert.ok(batch("appended") >= batch("applied"), "the metrics name both batches");
      return batch("appended") === batch("applied");
    }, "everything that was taken to be processed");

  await server.start();
  return server;
}

function freePort() {
  return new Promise((done, fail) => {
    const probe = createServer().once("error", fail);
    probe.listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => done(port));
    });
  });
}
