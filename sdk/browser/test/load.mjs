// One module of the source as it is, for Node; on a storage of its own when one is named.
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const source = process.env.BELLWETHER_SOURCE ?? fileURLToPath(new URL("../src", import.meta.url));

export async function load(name, storage = "globalThis.localStorage") {
  const { outputFiles } = await build({
    entryPoints: [resolve(source, `${name}.ts`)],
    bundle: true,
    format: "esm",
    define: { VERSION: '"test"', localStorage: storage },
    write: false,
  });
  return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString("base64")}`);
}
