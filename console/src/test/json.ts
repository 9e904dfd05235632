/** A JSON answer. */
export function json(body: unknown, status = 200): Response {
  // An answer without content may not have one.
  if (status === 204) return new Response(null, { status });
  return new Response(JSON.stringify(body), { status, headers: { "content-type": "application/json" } });
}
