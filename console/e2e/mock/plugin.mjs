// Answers the API in `npm run dev` from the fixtures. Development and tests only; the build never sees this.

/** A Vite plugin that puts the fixtures where the server would be. */
export function mockPlugin() {
  return {
    name: "mock-api",
    configureServer(server) {
      server.middlewares.use(async (request, response, next) => {
        if (!request.url?.startsWith("/api/")) return next();
        const { answer, live } = await server.ssrLoadModule("/e2e/mock/handlers.ts");
        if (request.url.startsWith("/api/v1/events/live")) return live(response);
        send(response, answer(request.method ?? "GET", new URL(request.url, "http://mock"), await bodyOf(request)));
      });
    },
  };
}

/** What was sent. */
export async function bodyOf(request) {
  let body = "";
  for await (const part of request.setEncoding("utf8")) body += part;
  return body;
}

/** Writes a fixture's answer. */
export function send(response, { status, body }) {
  response.writeHead(status, {
    "content-type": status < 400 ? "application/json" : "application/problem+json",
    "cache-control": "no-store",
  });
  response.end(body === undefined ? undefined : JSON.stringify(body));
}
