// What a page can call.
import { watchClicks } from "./clicks";
import { openConsent } from "./consent";
import { contextOf } from "./context";
import { allowStoring, anonymousId, forgetIdentity, type Ids, ids, reset, setUser } from "./identity";
import { describePage, type Page, watchPages } from "./page";
import { openQueue } from "./queue";
import { byteLength, listen, safely, warn } from "./safely";
import { openSender } from "./sender";
import type { Settings } from "./settings";
import { uuid } from "./uuid";

type Fields = Record<string, unknown>;
export type Api = ReturnType<typeof openApi>;

const largestEvent = 32_768; // bytes

export function openApi(settings: Settings) {
  const { auto, host, writeKey } = settings;
  const queue = openQueue(`bellwether_queue:${host}:${writeKey}:`, () => sender.wake());
  const sender = openSender(host, writeKey, queue);
  let settlePage: (() => void) | undefined;

  const consent = openConsent(
    settings,
    () => {
      allowStoring();
      queue.adopt();
    },
    () => {
      forgetIdentity();
      queue.clear();
    },
  );

  /** Fixes an event as it is now; whose it is gets decided when it may be kept. */
  function capture(fields: Fields, owner: () => Ids & Fields = ids, page = describePage(), at = new Date()): void {
    const fixed = JSON.stringify({ ...fields, messageId: uuid(), timestamp: at, context: contextOf(page) });
    consent.whenAllowed(() => {
      const event = `${JSON.stringify(owner()).slice(0, -1)},${fixed.slice(1)}`;
      if (byteLength(event) >= largestEvent)
        return warn("an event over 32 KB was dropped:", fields.event ?? fields.type);
      queue.add(event);
      sender.wake();
    });
  }

  function track(event: string, properties: object = {}): void {
    if (!event) warn("track needs the name of an event");
    else capture({ type: "track", event: `${event}`, properties });
  }

  function view(page: Page, at?: Date, fields: Fields = {}, properties?: object): void {
    capture({ type: "page", ...fields, properties: { ...page, ...properties } }, ids, page, at);
  }

  const api = {
    track,
    /** `page(name)`, `page(category, name)`, each with or without properties. */
    page(...given: unknown[]) {
      const [first, second] = given.filter((one) => typeof one === "string");
      const properties = given.find((one) => one && typeof one === "object") as object | undefined;
      view(
        describePage(),
        undefined,
        second === undefined ? { name: first } : { category: first, name: second },
        properties,
      );
    },
    identify(user?: string | number | null | object, traits?: object) {
      const given = typeof user === "object" ? (user ?? traits) : traits;
      const id = typeof user === "object" ? "" : `${user ?? ""}`;
      capture({ type: "identify", traits: given ?? {} }, () => {
        if (id) setUser(id);
        return ids();
      });
    },
    group(groupId: string | number, traits: object = {}) {
      capture({ type: "group", groupId: `${groupId}`, traits });
    },
    alias(userId: string | number, previousId?: string | number) {
      capture({ type: "alias" }, () => {
        const known = ids();
        return { ...known, userId: `${userId}`, previousId: `${previousId ?? known.userId ?? known.anonymousId}` };
      });
    },
    reset() {
      consent.whenAllowed(reset);
    },
    consent: consent.decide,
    flush() {
      settlePage?.();
      return sender.flush();
    },
    ready(callback: () => void) {
      callback();
    },
    anonymousId,
    /** `["track", "Name", {}]`: a call made before, or as if before, the script was there. */
    push(...calls: ArrayLike<unknown>[]) {
      calls.forEach(replay);
    },
  };
  const replay = safely((call: ArrayLike<unknown>) => {
    const [method, ...given] = Array.from(call) as [string, ...unknown[]];
    (api as Record<string, (...given: unknown[]) => unknown>)[method]?.(...given);
  });
  for (const name of Object.keys(api) as (keyof typeof api)[])
    (api as Fields)[name] = safely(api[name] as () => unknown);

  function start(): void {
    if (auto.includes("page")) settlePage = watchPages(view);
    watchClicks(track, auto.includes("click"), auto.includes("form"));
    const leave = () => {
      settlePage?.();
      sender.leave();
    };
    listen(document, "visibilitychange", () => {
      if (document.visibilityState === "hidden") leave();
      else consent.whenAllowed(queue.adopt);
    });
    listen(window, "pagehide", () => {
      leave();
      queue.letGo();
    });
    listen(window, "pageshow", (event) => {
      if ((event as PageTransitionEvent).persisted) consent.whenAllowed(queue.adopt);
    });
    listen(window, "online", sender.reconnect);
  }

  return { api, start: safely(start) };
}
