// Adds up what a visitor loads, compressed, and fails when a budget is exceeded. Pages count what they need beyond the
// entry; the whole is every asset of the build.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const budgets = { entry: 300, page: 200, all: 1_000 }; // KiB, gzip
const dist = fileURLToPath(new URL("../dist", import.meta.url));
const manifest = JSON.parse(readFileSync(join(dist, ".vite/manifest.json"), "utf8"));
const sizes = new Map();
const size = (file) => {
  if (!sizes.has(file)) sizes.set(file, gzipSync(readFileSync(join(dist, file)), { level: 9 }).length / 1024);
  return sizes.get(file);
};

/** Every file that a chunk needs: itself, its styles, and what it imports, at once or (with `dynamic`) later. */
function closure(key, dynamic, seen = new Set(), files = new Set()) {
  if (seen.has(key)) return files;
  seen.add(key);
  const chunk = manifest[key];
  for (const file of [chunk.file, ...(chunk.css ?? [])]) files.add(file);
  for (const next of [...(chunk.imports ?? []), ...(dynamic ? (chunk.dynamicImports ?? []) : [])]) {
    closure(next, dynamic, seen, files);
  }
  return files;
}

const sum = (files) => [...files].reduce((total, file) => total + size(file), 0);
const entryKey = Object.keys(manifest).find((key) => manifest[key].isEntry);
const entry = closure(entryKey, false);
const rows = [["entry", sum(entry), budgets.entry]];
for (const [key, chunk] of Object.entries(manifest)) {
  if (!chunk.isDynamicEntry || !key.includes("features/")) continue;
  const own = [...closure(key, true)].filter((file) => !entry.has(file));
  rows.push([key.replace(/^src\/features\//, ""), sum(own), budgets.page]);
}
const assets = readdirSync(join(dist, "assets")).map((file) => `assets/${file}`);
rows.push(["all assets", sum(assets), budgets.all]);

let failed = false;
for (const [name, kib, budget] of rows) {
  const over = kib > budget;
  failed ||= over;
  console.log(`${over ? "OVER " : "     "}${name.padEnd(52)} ${kib.toFixed(1).padStart(7)} KiB gz of ${budget}`);
}
if (failed) {
  console.error("a budget is exceeded: load less, or load it later");
  process.exit(1);
}
