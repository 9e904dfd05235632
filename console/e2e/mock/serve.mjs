// Serves the built console with the server's own security headers, and the API from the fixtures, for browser tests
// without a server: `node e2e/mock/serve.mjs [port]`.
import { createReadStream, existsSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { runnerImport } from "vite";
import { bodyOf, send } from "./plugin.mjs";

const root = fileURLToPath(new URL("../../", import.meta.url));
const dist = join(root, "dist");
const types = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
  ".woff2": "font/woff2",
  ".json": "application/json",
};
const policy =
  "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: https:; " +
  "font-src 'self' data:; connect-src 'self'; frame-src 'self' blob:; frame-ancestors 'none'; base-uri 'none'; " +
  "form-action 'self'; object-src 'none'";

/** Starts on a port (0 picks a free one) and gives address and a way to stop. */
export async function serveMock(port = 0) {
  const { module } = await runnerImport(join(root, "e2e/mock/handlers.ts"), { root, configFile: false });
  const server = createServer(async (request, response) => {
    const url = new URL(request.url, "http://mock");
    if (url.pathname === "/api/v1/events/live") return module.live(response);
    if (url.pathname.startsWith("/api/")) {
      return send(response, module.answer(request.method, url, await bodyOf(request)));
    }
    const file = normalize(join(dist, url.pathname));
    const found = file.startsWith(dist) && existsSync(file) && statSync(file).isFile();
    const path = found ? file : join(dist, "index.html");
    response.writeHead(200, {
      "content-type": types[extname(path)] ?? "text/plain",
      "content-security-policy": policy,
    });
    createReadStream(path).pipe(response);
  });
  await new Promise((resolve) => server.listen(port, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    stop: () => {
      server.close();
      // Whoever watches events would keep it open.
      server.closeAllConnections();
    },
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { url } = await serveMock(Number(process.argv[2] ?? 4180));
  console.log(url);
}
