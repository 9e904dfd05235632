// Fails when src/api/schema.d.ts is not what openapi.json gives: run `npm run gen:api` and commit the result.
import { readFileSync } from "node:fs";
import openapiTS, { astToString } from "openapi-typescript";

const document = new URL("../openapi.json", import.meta.url);
const committed = readFileSync(new URL("../src/api/schema.d.ts", import.meta.url), "utf8");
const fresh = astToString(await openapiTS(document));
if (!committed.endsWith(fresh)) {
  console.error("src/api/schema.d.ts is stale: run `npm run gen:api`");
  process.exit(1);
}
console.log("src/api/schema.d.ts is fresh");
