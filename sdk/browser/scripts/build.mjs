// Makes dist/b.js, which is committed: the server embeds it without needing Node.
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { budget, bundle, gzipSize, output } from "./bundle.mjs";

const built = await bundle();
mkdirSync(dirname(output), { recursive: true });
writeFileSync(output, built);
console.log(`dist/b.js: ${built.length} bytes, ${gzipSize(built)} gzipped, of ${budget}`);
