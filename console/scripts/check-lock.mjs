// The lock file must install the same everywhere: no address of a registry in it, a digest for every package, and only
// packages that run on the oldest Node that the project promises (20.19). Another lock file can be named.
import { readFileSync } from "node:fs";

const oldest = [20, 19, 0];
const lock = JSON.parse(readFileSync(process.argv[2] ?? new URL("../package-lock.json", import.meta.url), "utf8"));
const problems = [];

/** Whether one `||` alternative of an engines range admits the oldest Node. Knows what npm packages write. */
function admits(range) {
  return range.split(/\s+/).every((part) => {
    if (part === "*" || part === "" || part === "-") return true;
    const match = /^(>=|>|<=|<|\^|~|=|v)?\s*v?(\d+)(?:\.(\d+|x))?(?:\.(\d+|x))?/.exec(part);
    if (!match) return true;
    const [, operator = "=", ...numbers] = match;
    const wanted = numbers.map((number) => (number === undefined || number === "x" ? 0 : Number(number)));
    const order = compare(oldest, wanted);
    if (operator === ">=") return order >= 0;
    if (operator === ">") return order > 0;
    if (operator === "<=") return order <= 0;
    if (operator === "<") return order < 0;
    return order >= 0 && oldest[0] === wanted[0];
  });
}

function compare(a, b) {
  const index = a.findIndex((number, place) => number !== b[place]);
  return index < 0 ? 0 : a[index] - b[index];
}

for (const [name, entry] of Object.entries(lock.packages)) {
  if (name === "") continue;
  if (entry.resolved?.startsWith("http")) problems.push(`${name}: has an address (${entry.resolved})`);
  if (!entry.integrity && !entry.link) problems.push(`${name}: has no digest`);
  const engines = (entry.engines?.node ?? "*").replaceAll(/(>=|<=|>|<|\^|~)\s+/g, "$1");
  if (!engines.split("||").some((range) => admits(range.trim()))) {
    problems.push(`${name}: wants Node ${entry.engines.node}, the project promises ${oldest.join(".")}`);
  }
}
if (problems.length > 0) {
  console.error(problems.join("\n"));
  process.exit(1);
}
console.log(
  `package-lock.json: ${Object.keys(lock.packages).length - 1} packages, all with a digest, none with an address`,
);
