// Sends the queue in batches. An event leaves the queue when the server has confirmed it, or has refused it for good;
// until then it is sent again, with the same id, by which the server knows it.
import type { Queue } from "./queue";
import { askedFor, isTemporary, pauseAfter } from "./retry";
import { byteLength, safely, warn } from "./safely";
import { read, remove, write } from "./storage";

const patience = 1_000; // milliseconds from an event to its batch
const largestBatch = 449_000; // bytes, as the others
// Browsers let all requests that outlive their page hold 64 KiB together.
const largestLasting = 60_000;
const deadline = 30_000; // milliseconds for an answer

export interface Sender {
  /** Something is in the queue: send it soon, or now if there is much. */
  wake(): void;
  /** Sends now; done when the server has answered. */
  flush(): Promise<void>;
  /** The page is going: sends what fits into requests that outlive it. */
  leave(): void;
  /** The network is back. */
  reconnect(): void;
}

export function openSender(host: string, writeKey: string, queue: Queue): Sender {
  const address = `${host}/v1/batch`;
  // What the server asks for is asked of all tabs and of the pages to come.
  const pauseName = `bellwether_pause:${host}`;
  const knowsKeepalive = "keepalive" in Request.prototype;
  const sending = new Set<string>();
  let lastingBytes = 0;
  let failures = 0;
  let pausedUntil = 0;
  let running: Promise<void> | undefined;
  let timer: number | undefined;
  let due = 0;

  function pause(): number {
    const asked = Number(read(pauseName)) - Date.now();
    return Math.max(pausedUntil - Date.now(), asked < 3_700_000 ? asked : 0, 0);
  }

  function schedule(wait: number): void {
    const at = Date.now() + wait;
    if (timer !== undefined && due <= at) return;
    clearTimeout(timer);
    due = at;
    timer = setTimeout(safely(send), wait);
  }

  function wake(): void {
    if (queue.isLarge()) send();
    else if (!queue.isEmpty()) schedule(patience);
  }

  function send(): Promise<void> | undefined {
    clearTimeout(timer);
    timer = undefined;
    if (running || queue.isEmpty()) return running;
    const wait = pause();
    if (wait) {
      schedule(wait);
      return;
    }
    const batch = queue.peek(largestBatch, sending);
    if (!batch.length) return;
    running = post(batch, !failures).then(() => {
      running = undefined;
      wake();
    });
    return running;
  }

  function bodyOf(batch: string[]): string {
    const envelope = JSON.stringify({ sentAt: new Date().toISOString(), writeKey });
    return `{"batch":[${batch.join()}],${envelope.slice(1)}`;
  }

  /** `lasting`: it may outlive the page. Not after a failure, which may be the browser's limit on such requests. */
  async function post(batch: string[], lasting: boolean): Promise<void> {
    const body = bodyOf(batch);
    const bytes = byteLength(body);
    const keepalive = lasting && bytes + lastingBytes <= largestLasting;
    const held = keepalive ? bytes : 0;
    lastingBytes += held;
    for (const event of batch) sending.add(event);
    const answer = await request(body, keepalive);
    lastingBytes -= held;
    for (const event of batch) sending.delete(event);
    if (!answer || isTemporary(answer.status)) return backOff(answer);
    if (!answer.ok) warn("the server refused", batch.length, "events:", answer.status);
    if (read(pauseName)) remove(pauseName);
    failures = pausedUntil = 0;
    queue.remove(batch);
  }

  async function request(body: string, keepalive: boolean): Promise<Response | undefined> {
    const abort = new AbortController();
    const alarm = setTimeout(() => abort.abort(), deadline);
    try {
      // As text, so that the browser need not ask the server first whether it may.
      const headers = { "Content-Type": "text/plain" };
      const answer = await fetch(address, {
        method: "POST",
        body,
        keepalive,
        headers,
        credentials: "omit",
        signal: abort.signal,
      });
      // Until then the browser counts the request among those that outlive the page, and refuses the next one.
      await answer.text();
      return answer;
    } catch {
      return undefined;
    } finally {
      clearTimeout(alarm);
    }
  }

  function backOff(answer: Response | undefined): void {
    failures++;
    const asked = askedFor(answer?.headers.get("Retry-After"), Date.now());
    pausedUntil = Date.now() + pauseAfter(failures, asked, Math.random());
    if (asked) write(pauseName, `${pausedUntil}`);
  }

  return {
    wake,
    async flush() {
      await running;
      await send();
    },
    leave() {
      // What the server does not want now is safe in storage.
      if (queue.isStored() && pause()) return;
      const batch = queue.peek(largestLasting - lastingBytes - 200, sending);
      if (!batch.length) return;
      if (knowsKeepalive) post(batch, true).then(wake);
      else navigator.sendBeacon(address, bodyOf(batch));
    },
    reconnect() {
      failures = pausedUntil = 0;
      send();
    },
  };
}
