// Which Chromium the browser tests run, and how.
import { execFileSync } from "node:child_process";

/** Without a sandbox, which root has none of, and without whatever a browser does of its own accord. */
export const flags = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** From `CHROMIUM`, or from the path. */
export function findChromium() {
  if (process.env.CHROMIUM) return process.env.CHROMIUM;
  for (const name of ["chromium", "chromium-browser", "google-chrome"]) {
    try {
      return execFileSync("which", [name], { encoding: "utf8" }).trim();
    } catch {
      // The next name.
    }
  }
  throw new Error("no Chromium found: install it, or set CHROMIUM to its path");
}

/**
 * Closes a page or a context, and waits for it no longer than ten seconds. Chromium may acknowledge the closing of a page
 * that is just being left and not close it; Playwright then waits for ever (its issue 42366). What is left over ends with
 * the browser.
 */
export async function closeBounded(closable, milliseconds = 10_000) {
  let timer;
  const bound = new Promise((done) => {
    timer = setTimeout(done, milliseconds);
  });
  await Promise.race([closable.close(), bound]);
  clearTimeout(timer);
}
