// Events of a real server as they arrive: shown, filtered, held still, opened; and again after the server was away.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { openServer } from "../../sdk/tests/harness/server.mjs";
import { launch, looks, openPage, shoot, sound } from "./browser.mjs";

const words = {
  en: {
    live: "Live",
    paused: "Paused",
    pause: "Pause",
    resume: "Resume",
    waiting: (count) => `Show ${count} new event${count === 1 ? "" : "s"}`,
    search: "Search in events",
    lost: "Connection lost, trying again",
    connect: "Connect now",
    list: "Live events",
    bot: /% bot/,
    offPlan: "Off plan",
  },
  "zh-CN": {
    live: "实时",
    paused: "已暂停",
    pause: "暂停",
    resume: "继续",
    waiting: (count) => `显示 ${count} 个新事件`,
    search: "在事件中搜索",
    lost: "连接中断，正在重试",
    connect: "立即连接",
    list: "实时事件",
    bot: /为机器人/,
    offPlan: "不符合方案",
  },
};

let browser;
let server;
let key;

before(async () => {
  server = await openServer();
  key = await server.source("Online shop", "website");
  const planned = await fetch(`${server.url}/api/v1/plan/entry`, {
    method: "PUT",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ event: "Product Viewed", mode: "flag", schema: { required: ["price"] } }),
  });
  assert.equal(planned.status, 200);
  browser = await launch();
});

after(async () => {
  await browser?.close();
  await server?.close();
});

async function send(event) {
  const response = await fetch(`${server.url}/v1/track`, {
    method: "POST",
    headers: { "content-type": "application/json", "x-write-key": key },
    body: JSON.stringify(event),
  });
  assert.equal(response.status, 200);
}

const viewed = (user, properties = { price: 59.9, product_id: "sku-1" }) => ({
  event: "Product Viewed",
  userId: user,
  properties,
});
/** What speaks for a program. */
const robot = {
  event: "Crawled",
  anonymousId: "robot-1",
  context: { userAgent: "curl/8.5.0", page: { url: "https://a.example/" } },
};

for (const look of looks) {
  test(`events are shown as they arrive: ${look.name}`, async () => {
    const say = words[look.language];
    const { page, faults, close } = await openPage(browser, look);
    await page.goto(`${server.url}/live`);
    await page.getByText(say.live, { exact: true }).first().waitFor();
    await page.waitForFunction((word) => document.querySelector("main [role=status]")?.textContent === word, say.live);
    const user = (name) => page.getByRole("listitem").filter({ hasText: `${name}-${look.name}` });

    await send(viewed(`ann-${look.name}`));
    await send(viewed(`bob-${look.name}`, { product_id: "sku-2" }));
    await send(robot);
    await user("ann").waitFor();
    await user("bob").getByText(say.offPlan).waitFor();
    await page.getByText(say.bot).first().waitFor();
    await sound(page, `live.${look.name}`, faults);

    await user("ann").getByRole("button").first().click();
    await page.getByRole("group").filter({ hasText: '"product_id": "sku-1"' }).waitFor();
    await sound(page, `live-open.${look.name}`, faults);

    await page.getByRole("button", { name: say.pause }).click();
    await send(viewed(`eve-${look.name}`));
    await page.getByRole("button", { name: say.waiting(1) }).waitFor();
    assert.equal(await user("eve").count(), 0, "what is held still stays as it is");
    await sound(page, `live-paused.${look.name}`, faults);
    await page.getByRole("button", { name: say.resume }).click();
    await user("eve").waitFor();
    assert.equal(await user("ann").count(), 1);

    await page.getByRole("searchbox", { name: say.search }).fill(`bob-${look.name}`);
    await page.waitForURL(/q=bob/);
    await page.waitForFunction((word) => document.querySelector("main [role=status]")?.textContent === word, say.live);
    await send(viewed(`fay-${look.name}`));
    await send(viewed(`bob-${look.name}`));
    await page.waitForFunction((count) => document.querySelectorAll("main ol > li").length === count, 2);
    assert.equal(await user("fay").count(), 0, "the filter holds for what arrives");
    await close();
  });
}

test("the page connects again when the server is back", async () => {
  const say = words.en;
  const { page, close } = await openPage(browser);
  await page.goto(`${server.url}/live`);
  const state = (word) =>
    page.waitForFunction((text) => document.querySelector("main [role=status]")?.textContent === text, word);
  await state(say.live);
  await send(viewed("before"));
  await page.getByRole("listitem").filter({ hasText: "before" }).waitFor();
  await server.stop();
  await state(say.lost);
  await shoot(page, "live-lost.light-en-desktop");
  assert.equal(await page.getByRole("listitem").filter({ hasText: "before" }).count(), 1, "what was there stays");
  await server.start();
  await page
    .getByRole("button", { name: say.connect })
    .click()
    .catch(() => {
      // It was quicker than we were.
    });
  await state(say.live);
  await send(viewed("after"));
  await page.getByRole("listitem").filter({ hasText: "after" }).waitFor();
  await close();
});

test("events are opened and held still with the keyboard alone", async () => {
  const { page, faults, close } = await openPage(browser);
  await page.goto(`${server.url}/live`);
  await page.waitForFunction(() => document.querySelector("main [role=status]")?.textContent === "Live");
  await send(viewed("keyboard"));
  const row = page.getByRole("listitem").filter({ hasText: "keyboard" }).getByRole("button").first();
  await row.focus();
  await page.keyboard.press("Enter");
  await page.getByRole("group").filter({ hasText: '"user_id": "keyboard"' }).waitFor();
  await page.getByRole("button", { name: "Pause" }).focus();
  await page.keyboard.press("Space");
  await page.getByText("Paused").waitFor();
  assert.deepEqual(faults, []);
  await close();
});

test("the timeline says what a program has probably sent, and what does not keep to the plan", async () => {
  await send(viewed("marked", { product_id: "sku-2" }));
  await send({ ...robot, userId: "marked", anonymousId: undefined });
  await server.settled();
  const { rows } = await server.get("customers?q=marked");
  const { page, faults, close } = await openPage(browser, { language: "en", theme: "dark" });
  await page.goto(`${server.url}/customers/${rows[0].id}`);
  await page.getByText("Off plan").waitFor();
  await page.getByText('"price" is a required property').waitFor();
  await page.getByText(/% bot/).waitFor();
  await sound(page, "timeline-marks.dark-en-desktop", faults);
  await close();
});
