// The queue's promises, with several pages on one storage and a clock that the test drives.
import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";
import { load } from "./load.mjs";

const { openQueue } = await load("queue");
const prefix = "queue:";
const all = Number.POSITIVE_INFINITY;

let kept;
let full;

beforeEach(begin);

/** A new browser: empty storage, and no page that would still have a timer. */
function begin() {
  mock.timers.reset();
  mock.timers.enable({ apis: ["setTimeout", "Date"], now: 1_800_000_000_000 });
  mock.method(console, "warn", () => {});
  full = false;
  kept = {};
  const methods = {
    getItem: (key) => kept[key] ?? null,
    setItem: (key, value) => {
      if (full) throw new DOMException("full", "QuotaExceededError");
      kept[key] = `${value}`;
    },
    removeItem: (key) => delete kept[key],
  };
  globalThis.localStorage = new Proxy(methods, {
    ownKeys: () => Object.keys(kept),
    getOwnPropertyDescriptor: () => ({ enumerable: true, configurable: true }),
  });
}

const open = () => openQueue(prefix, () => {});
const inside = (queue) => queue.peek(all, new Set());
/** In small steps: what a timer starts is due after that timer, not after the whole time. */
function pass(milliseconds) {
  for (let left = milliseconds; left > 0; left -= 50) mock.timers.tick(Math.min(left, 50));
}

test("what was confirmed leaves the storage too", () => {
  const queue = open();
  queue.add("a");
  queue.add("b");
  queue.remove(["a"]);
  assert.deepEqual(inside(queue), ["b"]);
  queue.remove(["b"]);
  assert.ok(queue.isEmpty());
  assert.deepEqual(kept, {});
});

test("a queue that was let go is taken over at once, in order", () => {
  const left = open();
  left.add("a");
  left.add("b");
  left.letGo();
  const next = open();
  next.add("c");
  next.adopt();
  pass(300);
  assert.deepEqual(inside(next), ["a", "b", "c"]);
  assert.equal(Object.keys(kept).length, 1);
});

test("a living page keeps its queue, however long it waits", () => {
  const living = open();
  living.add("a");
  const other = open();
  other.adopt();
  for (let second = 0; second < 120; second++) pass(1_000);
  assert.deepEqual(inside(other), []);
  assert.deepEqual(inside(living), ["a"]);
});

test("the queue of a page that crashed is taken over after its silence", () => {
  kept[`${prefix}crashed`] = `${Date.now()}\na\nb`;
  const other = open();
  other.adopt();
  pass(14_000);
  assert.deepEqual(inside(other), []);
  pass(2_000);
  assert.deepEqual(inside(other), ["a", "b"]);
});

test("of many that want a queue one gets it", () => {
  kept[`${prefix}crashed`] = "0\na";
  const heirs = Array.from({ length: 8 }, open);
  for (const heir of heirs) heir.adopt();
  pass(20_000);
  assert.deepEqual(heirs.flatMap(inside), ["a"]);
});

test("of many one gets it also where a page sees the writes of the others late", async () => {
  const names = Array.from({ length: 8 }, (_, number) => `page${number}`);
  const modules = [];
  for (const name of names) modules.push(await load("queue", `globalThis.${name}`));
  for (let round = 0; round < 30; round++) {
    begin();
    const views = names.map(() => new Map([[`${prefix}crashed`, "0\na"]]));
    const tell = (act) => setTimeout(() => views.forEach(act), 20);
    for (const [number, name] of names.entries()) {
      const own = views[number];
      const methods = {
        getItem: (key) => own.get(key) ?? null,
        setItem: (key, value) => own.set(key, value) && tell((view) => view.set(key, value)),
        removeItem: (key) => tell((view) => view.delete(key)) && own.delete(key),
      };
      globalThis[name] = new Proxy(methods, {
        ownKeys: () => [...own.keys()],
        getOwnPropertyDescriptor: () => ({ enumerable: true, configurable: true }),
      });
    }
    const heirs = modules.map((module) => module.openQueue(prefix, () => {}));
    for (const heir of heirs) heir.adopt();
    pass(1_000);
    assert.deepEqual(heirs.flatMap(inside), ["a"], `round ${round}`);
  }
});

test("a frozen page whose queue was taken does not send it as well", () => {
  const key = () => Object.keys(kept)[0];
  const frozen = open();
  frozen.add("a");
  // Frozen: its timers do not run, while others' do.
  const stored = kept[key()];
  mock.timers.reset();
  mock.timers.enable({ apis: ["setTimeout", "Date"], now: 1_800_000_060_000 });
  assert.equal(kept[key()], stored);
  const other = open();
  other.adopt();
  frozen.add("b");
  pass(1_000);
  assert.deepEqual(inside(other), ["a"]);
  assert.deepEqual(inside(frozen), ["b"]);
});

test("without storage the queue lives in memory", () => {
  full = true;
  const queue = open();
  queue.add("a");
  assert.deepEqual(inside(queue), ["a"]);
  assert.ok(!queue.isStored());
  pass(60_000);
  assert.deepEqual(inside(queue), ["a"]);
  full = false;
  queue.add("b");
  assert.ok(queue.isStored());
});

test("it is bounded in events and in bytes, and the oldest go first", () => {
  const queue = open();
  for (let number = 0; number < 250; number++) queue.add(`${number}`);
  assert.deepEqual([inside(queue).length, inside(queue)[0]], [200, "50"]);
  const heavy = open();
  // Bytes, not characters.
  for (let number = 0; number < 30; number++) heavy.add("重".repeat(10_000));
  assert.equal(inside(heavy).length, 16);
});

test("a batch holds what fits", () => {
  const queue = open();
  for (const event of ["1234", "重", "x"]) queue.add(event);
  assert.deepEqual(queue.peek(9, new Set()), ["1234", "重"]);
  assert.deepEqual(queue.peek(8, new Set()), ["1234"]);
  assert.deepEqual(queue.peek(9, new Set(["1234"])), ["重", "x"]);
});

test("forgetting takes the queues of all pages, also one that is just being taken over", () => {
  kept[`${prefix}left`] = "0\na";
  kept.other = "stays";
  const queue = open();
  queue.add("b");
  queue.adopt();
  queue.clear();
  pass(60_000);
  assert.ok(queue.isEmpty());
  assert.deepEqual(kept, { other: "stays" });
});

test("whatever happens to the pages, every event is confirmed once or waits in one place", () => {
  for (let seed = 1; seed <= 60; seed++) {
    let state = seed;
    const chance = (sides) => {
      state = (state * 48_271) % 2_147_483_647;
      return state % sides;
    };
    begin();
    let pages = [];
    const confirmed = [];
    let made = 0;
    for (let step = 0; step < 120; step++) {
      const page = pages.length ? pages[chance(pages.length)] : undefined;
      const act = chance(6);
      if (act === 0 || !page) {
        if (pages.length < 5) pages.push(open());
        pages.at(-1).adopt();
      } else if (act === 1) {
        const batch = page.peek(chance(40), new Set());
        confirmed.push(...batch);
        page.remove(batch);
      } else if (act === 2 && pages.length > 1) {
        page.letGo();
        pages = pages.filter((one) => one !== page);
      } else {
        // At most 100 at a time are open, so that the bound drops none.
        if (made - confirmed.length < 100) page.add(`event ${made++}`);
      }
      pass(chance(4) * chance(2_000));
    }
    const waiting = new Set(Object.values(kept).flatMap((value) => value.split("\n").slice(1)));
    assert.equal(new Set(confirmed).size, confirmed.length, `seed ${seed}: confirmed twice`);
    for (let number = 0; number < made; number++) {
      const places = [confirmed.includes(`event ${number}`), waiting.has(`event ${number}`)].filter(Boolean).length;
      assert.equal(places, 1, `seed ${seed}: event ${number} is in ${places} places`);
    }
  }
});
