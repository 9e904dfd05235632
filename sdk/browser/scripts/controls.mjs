// The negative controls: takes one protection at a time out of a copy of the source, and wants the test of it to fail.
// `node scripts/controls.mjs [words of a control]`
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { bundle } from "./bundle.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const delivery = "e2e/delivery.test.mjs";
const events = "e2e/events.test.mjs";
const identity = "e2e/identity.test.mjs";
const queue = "test/queue.test.mjs";

// What is taken out, where, by which change; and the test that must notice.
const controls = [
  [
    "the signature on a queue that is taken",
    "queue",
    "if (sign !== signature) continue;",
    "",
    queue,
    "of many one gets it",
  ],
  ["a frozen page gives up its queue", "queue", "giveUpAfter = 12_000", "giveUpAfter = 9e9", queue, "a frozen page"],
  ["the sign of life", "queue", "deadAfter = 15_000", "deadAfter = 0", queue, "a living page"],
  ["the bound of the queue", "queue", "maxEvents = 200", "maxEvents = 9e9", queue, "it is bounded"],
  [
    "bytes instead of characters",
    "safely",
    "new TextEncoder().encode(text).length",
    "text.length",
    queue,
    "it is bounded",
  ],
  ["forgetting other pages' queues", "queue", "keysWith(prefix).forEach(remove);", "", queue, "forgetting takes"],
  [
    "keeping what was taken over",
    "queue",
    "      save();\n      remove(other);",
    "      remove(other);",
    queue,
    "whatever happens",
  ],
  ["the stored queue", "storage", "localStorage.setItem(key, value);", "", delivery, "could not be sent while leaving"],
  ["adopting", "queue", "if (sign !== signature) continue;", "continue;", delivery, "a tab that crashed"],
  ["the heart beat", "queue", "if (events.length) save();\n  }", "}", queue, "a living page"],
  ["sending while leaving", "api", "sender.leave();", "", delivery, "in the moment of leaving"],
  ["requests that outlive the page", "sender", "        keepalive,\n", "", delivery, "in the moment of leaving"],
  [
    "the limit of such requests",
    "sender",
    "largestLasting = 60_000",
    "largestLasting = 9e9",
    delivery,
    "hold less than 64 KiB",
  ],
  ["the beacon", "sender", "navigator.sendBeacon(address, bodyOf(batch))", "0", delivery, "by beacon"],
  [
    "not sending what is being sent",
    "queue",
    "if (except.has(event)) return false;",
    "",
    delivery,
    "hold less than 64 KiB",
  ],
  [
    "the wait that the server asks for",
    "sender",
    'answer?.headers.get("Retry-After")',
    "null",
    delivery,
    "a busy server",
  ],
  ["that wait over pages", "sender", "if (asked) write(", "if (!1) write(", delivery, "a busy server"],
  ["trying again", "retry", "status >= 500", "status >= 600", delivery, "a busy server"],
  ["growing pauses", "retry", "2 ** (failures - 1)", "0.1", delivery, "a broken network"],
  ["dropping what is refused", "sender", "isTemporary(answer.status)", "!answer.ok", delivery, "refused for good"],
  ["the largest batch", "sender", "largestBatch = 449_000", "largestBatch = 9e9", delivery, "batches below 450 KB"],
  ["gathering", "sender", "patience = 1_000", "patience = 0", delivery, "a second gathers"],
  ["text instead of JSON", "sender", '"text/plain"', '"application/json"', events, "without asking first"],
  ["one view for one address", "page", "if (page.url === current) return;", "", events, "every change of the address"],
  ["waiting for the title", "page", "titleDelay = 50", "titleDelay = 0", events, "every change of the address"],
  ["leaving out what follows #", "page", ': "";', ": hash;", events, "what the guide promises"],
  ["only marked fields", "clicks", '"[data-bellwether-field]"', '"input"', events, "a form tells"],
  ["never passwords", "clicks", "^(password|file)$", "^file$", events, "a form tells"],
  ["catching what is thrown", "safely", "warn(error);", "throw error;", events, "throws into the page"],
  ["the largest event", "api", "largestEvent = 32_768", "largestEvent = 9e9", events, "throws into the page"],
  [
    "restoring the id",
    "kept",
    "cookie || stored || undefined",
    "cookie || undefined",
    identity,
    "each restores the other",
  ],
  [
    "the widest domain",
    "cookie",
    "domainsOf(location.hostname).find(accepts)",
    "undefined",
    identity,
    "the widest domain",
  ],
  [
    "the user belongs to an anonymous id",
    "identity",
    "user[0] === owner ?",
    "user[0] ?",
    identity,
    "the widest domain",
  ],
  ["another user is another person", "identity", "if (known && known !== next) reset();", "", identity, "another user"],
  ["blocked storage", "storage", "return null;", "throw 0;", identity, "storage is blocked"],
  ["waiting for consent", "consent", "remembered || !settings.consentRequired", "true", identity, "before consent"],
  ["dropping what was held", "consent", "    held = [];\n", "", identity, "a refusal drops"],
  ["the bound of what is held", "consent", "maxHeld = 100", "maxHeld = 9e9", identity, "what is held is bounded"],
  ["consent over tabs", "consent", 'apply(newValue === "1")', "0", identity, "a withdrawal"],
  ["consent over pages", "consent", "keep(name,", "String(", identity, "a withdrawal"],
  ["obeying the browser", "settings", "&& asksNotToBeTracked()", "&& false", identity, "asks not to be tracked"],
];

const wanted = process.argv.slice(2).join(" ");
const missed = [];
const sourceOf = (file) => readFileSync(join(root, "src", `${file}.ts`), "utf8");
for (const [name, file, from] of controls) {
  if (sourceOf(file).split(from).length !== 2)
    throw new Error(`${name}: src/${file}.ts does not say exactly once: ${from}`);
}
for (const [name, file, from, to, suite, pattern] of controls) {
  if (!name.includes(wanted)) continue;
  const work = mkdtempSync(join(tmpdir(), "bellwether-control-"));
  try {
    cpSync(join(root, "src"), join(work, "src"), { recursive: true });
    const path = join(work, "src", `${file}.ts`);
    const source = readFileSync(path, "utf8");
    if (source.split(from).length !== 2) throw new Error(`${name}: the source says not once: ${from}`);
    writeFileSync(
      path,
      source.replace(from, () => to),
    );
    writeFileSync(join(work, "b.js"), await bundle(work));
    const env = { ...process.env, BELLWETHER_SOURCE: join(work, "src"), BELLWETHER_SCRIPT: join(work, "b.js") };
    const { status } = spawnSync(process.execPath, ["--test", `--test-name-pattern=${pattern}`, suite], {
      cwd: root,
      env,
    });
    if (status === 0) missed.push(name);
    console.log(`${status === 0 ? "MISSED" : "seen  "} ${name}`);
  } finally {
    rmSync(work, { recursive: true });
  }
}
if (missed.length > 0) {
  console.error(`${missed.length} protections can be taken out without a test failing`);
  process.exit(1);
}
