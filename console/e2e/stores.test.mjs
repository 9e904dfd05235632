// A store from nothing to a changed one, in both languages, on a desk and on a phone.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { fewLooks, launch, openConsole, openPage, settle, sound, visit } from "./browser.mjs";

const words = {
  en: {
    add: "New store",
    code: "Code",
    empty: /Enter the code/,
    name: "Name",
    create: "Create store",
    city: "City",
    save: "Save",
  },
  "zh-CN": {
    add: "新建门店",
    code: "编号",
    empty: /请填写小票上的编号/,
    name: "名称",
    create: "创建门店",
    city: "城市",
    save: "保存",
  },
};

let server;
let browser;

before(async () => {
  server = await openConsole();
  browser = await launch();
});

after(async () => {
  await browser?.close();
  server?.stop();
});

for (const look of fewLooks) {
  test(`a store is made and changed: ${look.name}`, async () => {
    const say = words[look.language];
    const code = `E2E-${look.name}-${Date.now()}`;
    const { page, faults, close } = await openPage(browser, look);
    await visit(page, `${server.url}/stores`);
    await page.getByRole("button", { name: say.add }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("button", { name: say.create }).click();
    await dialog.getByText(say.empty).waitFor();
    await page.waitForTimeout(400);
    await sound(page, `stores-create.${look.name}`, faults);
    await dialog.getByRole("textbox", { name: say.code }).fill(code);
    await dialog.getByRole("textbox", { name: say.name }).fill(`Graben ${look.name}`);
    await dialog.getByRole("button", { name: say.create }).click();
    await dialog.waitFor({ state: "hidden" });

    await page
      .getByRole("link", { name: `Graben ${look.name}` })
      .last()
      .click();
    await page.waitForURL(/store=E2E/);
    const panel = page.getByRole("dialog");
    await panel.getByRole("textbox", { name: say.city }).fill("Wien");
    await page.waitForTimeout(400);
    await sound(page, `stores-panel.${look.name}`, faults);
    await panel.getByRole("button", { name: say.save }).click();
    await panel.waitFor({ state: "hidden" });
    await settle(page);
    const response = await fetch(`${server.url}/api/v1/stores/${encodeURIComponent(code)}`);
    const { store } = await response.json();
    assert.deepEqual([store.name, store.city, store.events], [`Graben ${look.name}`, "Wien", 0]);
    assert.ok(store.edited_at);
    await sound(page, `stores-list.${look.name}`, faults);
    await close();
  });
}
