// How the one file is made. The versions are pinned, so the same source gives the same bytes everywhere.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));
const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));

export const output = fileURLToPath(new URL("../dist/b.js", import.meta.url));
export const budget = 6_144; // bytes, gzip -9

/** Of the source beside this folder, or of a copy. */
export async function bundle(folder = root) {
  const { outputFiles } = await build({
    absWorkingDir: folder,
    entryPoints: ["src/main.ts"],
    bundle: true,
    minify: true,
    format: "iife",
    // Browsers since the spring of 2020.
    target: ["es2020"],
    charset: "utf8",
    define: { VERSION: JSON.stringify(version) },
    banner: { js: `/* bellwether-js ${version}, Apache-2.0 */` },
    write: false,
  });
  return outputFiles[0].contents;
}

export function gzipSize(bytes) {
  return gzipSync(bytes, { level: 9 }).length;
}
