// Answers the API in `npm run dev` from the fixtures. Development and tests only; the build never sees this.

/** A Vite plugin that puts the fixtures where the server would be. */
export function mockPlugin() {
  return {
    name: "mock-api",
    configureServer(server) {
      server.middlewares.use(async (request, response, next) => {
        if (!request.url?.startsWith("/api/")) return next();
        const { answer } = await server.ssrLoadModule("/e2e/mock/handlers.ts");
        send(response, answer(request.method ?? "GET", new URL(request.url, "http://mock")));
      });
    },
  };
}

/** Writes a fixture's answer. */
export function send(response, { status, body }) {
  response.writeHead(status, {
    "content-type": status < 400 ? "application/json" : "application/problem+json",
    "cache-control": "no-store",
  });
  response.end(JSON.stringify(body));
}
