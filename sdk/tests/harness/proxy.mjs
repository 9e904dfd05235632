// Stands between an SDK and the server, keeps every request as it came, and does harm when asked to.
import { createServer } from "node:http";
import { gunzipSync } from "node:zlib";

/**
 * `proxy.harm` is asked for every request with events, and says what happens to it:
 * nothing given: it is passed on; `"hide"`: it is passed on, but the sender hears 503; `"drop"`: it is not passed on, but the
 * sender hears 200; `"double"`: it is passed on twice, the second time under other ids.
 */
export async function openProxy(t, server) {
  const proxy = { requests: [], harm: () => undefined };
  const listener = createServer(async (incoming, outgoing) => {
    const request = await read(incoming);
    const harm = request.events.length > 0 ? proxy.harm(request) : undefined;
    if (request.events.length > 0) proxy.requests.push(request);
    try {
      const answer = harm === "drop" ? undefined : await send(server, request);
      if (harm === "double") await send(server, underOtherIds(request));
      if (harm === undefined || harm === "double") return pass(answer, outgoing);
    } catch {
      return incoming.socket.destroy();
    }
    const status = harm === "drop" ? 200 : 503;
    outgoing.writeHead(status, { "access-control-allow-origin": "*" }).end('{"success":true}');
  });
  await new Promise((done) => listener.listen(0, "127.0.0.1", done));
  proxy.port = listener.address().port;
  proxy.url = `http://127.0.0.1:${proxy.port}`;
  /** Everything that came, once more, byte for byte. */
  proxy.repeat = async () => {
    for (const request of proxy.requests) await (await send(server, request)).arrayBuffer();
  };
  proxy.events = () => proxy.requests.flatMap(({ events }) => events);
  t.after(() => {
    listener.closeAllConnections();
    listener.close();
  });
  return proxy;
}

async function read(incoming) {
  const chunks = [];
  for await (const chunk of incoming) chunks.push(chunk);
  const { method, url, headers } = incoming;
  const request = { method, url, headers, body: Buffer.concat(chunks), events: [] };
  if (method === "POST" && request.body.length > 0) {
    request.json = JSON.parse(isPacked(request) ? gunzipSync(request.body) : request.body);
    request.events = url.endsWith("/m") ? [] : (request.json.batch ?? [request.json]);
  }
  return request;
}

const isPacked = ({ headers }) => headers["content-encoding"] === "gzip";
const ofConnection = ["host", "connection", "keep-alive", "content-length", "transfer-encoding", "expect"];

function send(server, { method, url, headers, body }) {
  const kept = Object.entries(headers).filter(([name]) => !ofConnection.includes(name));
  const carries = method !== "GET" && method !== "HEAD";
  return fetch(server.url + url, { method, headers: Object.fromEntries(kept), body: carries ? body : undefined });
}

async function pass(answer, outgoing) {
  const body = Buffer.from(await answer.arrayBuffer());
  const headers = Object.fromEntries(answer.headers);
  // `fetch` has unpacked the body.
  for (const name of [...ofConnection, "content-encoding"]) delete headers[name];
  outgoing.writeHead(answer.status, headers).end(body);
}

function underOtherIds(request) {
  const { "content-encoding": _, ...headers } = request.headers;
  const other = (event) => ({ ...event, messageId: `other-${event.messageId}` });
  const json = request.json.batch ? { ...request.json, batch: request.json.batch.map(other) } : other(request.json);
  return { ...request, headers, body: Buffer.from(JSON.stringify(json)) };
}
