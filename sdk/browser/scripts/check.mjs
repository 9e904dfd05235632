// Fails when the committed dist/b.js is not what the source gives, or is larger than promised.
import { existsSync, readFileSync } from "node:fs";
import { budget, bundle, gzipSize, output } from "./bundle.mjs";

const committed = existsSync(output) ? readFileSync(output) : Buffer.alloc(0);
const size = gzipSize(committed);
const problems = [];
if (!committed.equals(await bundle())) problems.push("dist/b.js is stale: run `npm run build` and commit the result");
if (size > budget) problems.push(`dist/b.js is ${size} bytes gzipped, more than ${budget}`);
if (problems.length > 0) {
  console.error(problems.join("\n"));
  process.exit(1);
}
console.log(`dist/b.js is fresh: ${committed.length} bytes, ${size} gzipped, of ${budget}`);
