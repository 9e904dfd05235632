import createClient, { type Middleware } from "openapi-fetch";
import { ApiError, toApiError } from "./errors";
import type { paths } from "./schema";

const problems: Middleware = {
  async onResponse({ response }) {
    if (response.ok) return;
    throw toApiError(response.status, await response.json().catch(() => null));
  },
  onError({ error }) {
    if (error instanceof ApiError) return;
    return new ApiError(0, "offline", error instanceof Error ? error.message : String(error));
  },
};

/** The typed client. Every call gives data or throws an `ApiError`. */
export const api = createClient<paths>({
  baseUrl: typeof location === "undefined" ? "http://localhost" : location.origin,
  headers: { Accept: "application/json" },
  // Looked up at every call, so that tests can put their own in its place.
  fetch: (request) => globalThis.fetch(request),
});
api.use(problems);

/** The body of an answer; the middleware has thrown where there is none. */
export async function take<T>(call: Promise<{ data?: T }>): Promise<T> {
  const { data } = await call;
  return data as T;
}
