// An event from the quarantine to a mended one, and all others at once; in both languages, on a desk and on a phone. Against
// the fixtures only: a real shop's quarantine is not for tests to empty.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { fewLooks, launch, openPage, settle, sound, visit } from "./browser.mjs";
import { serveMock } from "./mock/serve.mjs";

const words = {
  en: {
    search: "Search words, ids, values",
    event: "The event",
    fault: /Line 1, column 2/,
    send: "Send the mended event",
    all: (count) => `Send all again (${count})`,
    confirm: "Send again",
    done: /events were sent again/,
    remove: "Delete",
    noMatch: "Nothing matches",
  },
  "zh-CN": {
    search: "搜索文字、编号或值",
    event: "事件",
    fault: /第 1 行第 2 列/,
    send: "发送修正后的事件",
    all: (count) => `全部重新发送（${count}）`,
    confirm: "重新发送",
    done: /已重新发送/,
    remove: "删除",
    noMatch: "没有匹配的内容",
  },
};

let browser;

before(async () => {
  browser = await launch();
});

after(async () => {
  await browser?.close();
});

for (const look of fewLooks) {
  test(`an event is mended, the others are sent, a row is deleted: ${look.name}`, async () => {
    const server = await serveMock();
    const say = words[look.language];
    const { page, faults, close } = await openPage(browser, look);
    await visit(page, `${server.url}/quality?tab=quarantine`);
    await sound(page, `quarantine-list.${look.name}`, faults);

    await page.getByRole("searchbox", { name: say.search }).fill("c-17");
    await page.waitForURL(/q=c-17/);
    await settle(page);
    await page.getByRole("link", { name: /5272/ }).click();
    const dialog = page.getByRole("dialog");
    const editor = dialog.getByRole("textbox", { name: say.event });
    await editor.waitFor();
    await sound(page, `quarantine-event.${look.name}`, faults);
    await editor.fill("{type}");
    await dialog.getByText(say.fault).waitFor();
    await sound(page, `quarantine-fault.${look.name}`, faults);
    await editor.fill('{"type":"track","event":"Product Viewed","userId":"c-17"}');
    await dialog.getByRole("button", { name: say.send }).click();
    await page.getByText(say.noMatch).waitFor();

    await visit(page, `${server.url}/quality?tab=quarantine`);
    await page.getByRole("button", { name: say.all(2) }).click();
    await sound(page, `quarantine-all.${look.name}`, faults);
    await page.getByRole("dialog").getByRole("button", { name: say.confirm }).click();
    await page.getByText(say.done).waitFor();

    await page.getByRole("link", { name: /5273/ }).click();
    await page.getByRole("dialog").getByRole("button", { name: say.remove }).click();
    // The second one, so that this waits for the question instead of finding the event behind it.
    await page.getByRole("dialog").nth(1).getByRole("button", { name: say.remove }).click();
    await page.waitForURL((url) => !url.search.includes("row="));
    await settle(page);
    assert.equal(await page.getByRole("link", { name: /5273/ }).count(), 0);
    assert.deepEqual(faults, []);
    await close();
    server.stop();
  });
}

test("an event can be sent with the keyboard alone", async () => {
  const server = await serveMock();
  const { page, faults, close } = await openPage(browser);
  await visit(page, `${server.url}/quality?tab=quarantine`);
  await page.getByRole("link", { name: /5270/ }).focus();
  await page.keyboard.press("Enter");
  const send = page.getByRole("dialog").getByRole("button", { name: "Send again as it came" });
  await send.waitFor();
  for (let step = 0; step < 12 && !(await send.evaluate((node) => node === document.activeElement)); step += 1) {
    await page.keyboard.press("Tab");
  }
  await page.keyboard.press("Enter");
  await page.waitForURL((url) => !url.search.includes("row="));
  await settle(page);
  assert.equal(await page.getByRole("link", { name: /5270/ }).count(), 0);
  assert.deepEqual(faults, []);
  await close();
  server.stop();
});
