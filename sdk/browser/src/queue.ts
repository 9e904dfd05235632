// The events that are not yet confirmed, in memory and in local storage, so that they outlive the page.
//
// Every page writes under a key of its own, so two tabs never write over each other. The first line under a key is the
// time of the last sign of life, the others are the events. A queue that has been silent for long, or was let go when its
// page was left, is taken over by another page: it signs the queue, waits, and takes it if the signature still stands.
// A page that was itself silent for too long (a frozen tab) gives up its key before anybody takes it, and then takes part
// in the same contest, so no event is appended to a queue that somebody is taking.
import { byteLength, safely, warn } from "./safely";
import { keysWith, read, remove, write } from "./storage";
import { uuid } from "./uuid";

const maxEvents = 200;
const maxBytes = 500_000;
const beat = 5_000; // milliseconds, as the others
const giveUpAfter = 12_000;
const deadAfter = 15_000;

export interface Queue {
  add(event: string): void;
  /** The oldest events that together fit into so many bytes. */
  peek(bytes: number, except: Set<string>): string[];
  remove(events: string[]): void;
  isLarge(): boolean;
  isEmpty(): boolean;
  isStored(): boolean;
  /** Takes over what other pages left behind. */
  adopt(): void;
  /** The page is being left: the next one may take the queue at once. */
  letGo(): void;
  /** Forgets all events, those of other pages too. */
  clear(): void;
}

export function openQueue(prefix: string, adopted: () => void): Queue {
  let key = prefix + uuid();
  let events: string[] = [];
  let lastSign = 0; // 0 while nothing is stored
  let timer: number | undefined;
  let scan: number | undefined;
  let warned = false;

  const size = () => events.reduce((sum, event) => sum + byteLength(event) + 1, 0);

  function save(sign = Date.now()): void {
    clearTimeout(timer);
    lastSign = 0;
    if (events.length && write(key, [sign, ...events].join("\n"))) {
      lastSign = sign || 1;
      timer = setTimeout(safely(signal), beat);
    } else remove(key);
  }

  function signal(): void {
    awake();
    if (events.length) save();
  }

  function awake(): void {
    if (!lastSign || Date.now() - lastSign < giveUpAfter) return;
    key = prefix + uuid();
    events = [];
    lastSign = 0;
    setTimeout(safely(adopt), 0);
  }

  function trim(): void {
    const before = events.length;
    while (events.length > maxEvents || size() > maxBytes) events.shift();
    if (events.length < before && !warned) warn("the queue is full, the oldest events are dropped");
    warned = events.length < before;
  }

  function adopt(): void {
    const signature = `${Date.now()} ${key}`;
    const signed: string[] = [];
    let living = false;
    clearTimeout(scan);
    for (const other of keysWith(prefix)) {
      if (other === key) continue;
      const [sign = "", ...theirs] = (read(other) ?? "").split("\n");
      if (Math.abs(Date.now() - Number.parseInt(sign, 10)) < deadAfter) living = true;
      else if (write(other, [signature, ...theirs].join("\n"))) signed.push(other);
    }
    if (living) scan = setTimeout(safely(adopt), deadAfter);
    if (signed.length) setTimeout(safely(take), 100 + Math.random() * 150, signed, signature);
  }

  function take(keys: string[], signature: string): void {
    awake();
    for (const other of keys) {
      const [sign, ...theirs] = (read(other) ?? "").split("\n");
      if (sign !== signature) continue;
      events = [...theirs, ...events];
      trim();
      // In this order a crash in between leaves the events twice, and the server drops the second; never not at all.
      save();
      remove(other);
    }
    adopted();
  }

  return {
    add(event) {
      awake();
      events.push(event);
      trim();
      save();
    },
    peek(bytes, except) {
      awake();
      let room = bytes;
      return events.filter((event) => {
        if (except.has(event)) return false;
        room -= byteLength(event) + 1;
        return room >= 0;
      });
    },
    remove(gone) {
      awake();
      events = events.filter((event) => !gone.includes(event));
      save();
    },
    isLarge: () => events.length >= 20 || size() >= 30_000,
    isEmpty: () => !events.length,
    isStored: () => !!lastSign,
    adopt,
    letGo() {
      awake();
      if (lastSign) save(0);
      clearTimeout(timer);
    },
    clear() {
      events = [];
      save();
      clearTimeout(scan);
      keysWith(prefix).forEach(remove);
    },
  };
}
