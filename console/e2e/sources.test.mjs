// A source from nothing to a copied start, with its key replaced on the way; in both languages, on a desk and on a phone.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { fewLooks, launch, openConsole, openPage, settle, sound, visit } from "./browser.mjs";

const words = {
  en: {
    add: "New source",
    name: "Name of the source",
    server: "Server",
    create: "Create source",
    waiting: /Waiting for the first event/,
    copyKey: "Copy: Write key",
    copyCode: (name) => `Copy: Code for ${name}`,
    reveal: "Show the key",
    rotate: "Replace key",
    rotateTitle: "Replace the write key?",
    rotated: /The key was replaced/,
    disable: "Disable",
    enable: "Enable",
    more: "More actions",
    remove: "Remove",
    sources: "Sources",
    webhook: "Webhook",
    service: "Which service?",
    connect: "Connect Shopify",
    copyAddress: "Copy: Address of the webhook",
    secret: "Enter the secret",
    save: "Save",
    secretKnown: /it ends in cdef/,
  },
  "zh-CN": {
    add: "新建来源",
    name: "来源名称",
    server: "服务器",
    create: "创建来源",
    waiting: /正在等待第一条事件/,
    copyKey: "复制: 写入密钥",
    copyCode: (name) => `复制: ${name} 的代码`,
    reveal: "显示密钥",
    rotate: "更换密钥",
    rotateTitle: "更换写入密钥？",
    rotated: /密钥已更换/,
    disable: "停用",
    enable: "启用",
    more: "更多操作",
    remove: "移除",
    sources: "数据来源",
    webhook: "Webhook",
    service: "是哪个服务？",
    connect: "连接 Shopify",
    copyAddress: "复制: Webhook 地址",
    secret: "填写密钥",
    save: "保存",
    secretKnown: /末尾为 cdef/,
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

const copied = (page) => page.evaluate(() => navigator.clipboard.readText());

async function keyOf(slug) {
  const response = await fetch(`${server.url}/api/v1/sources/${slug}`);
  return (await response.json()).write_key;
}

for (const look of fewLooks) {
  test(`a source is made, used and removed: ${look.name}`, async () => {
    const say = words[look.language];
    const { page, faults, close } = await openPage(browser, look);
    await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    await visit(page, `${server.url}/sources`);
    await page.getByRole("button", { name: say.add }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("textbox", { name: say.name }).fill(`Order desk ${look.name}`);
    await dialog.getByRole("radio", { name: say.server }).click();
    await sound(page, `sources-create.${look.name}`, faults);
    await dialog.getByRole("button", { name: say.create }).click();

    await page.getByRole("heading", { level: 1, name: `Order desk ${look.name}` }).waitFor();
    await page.getByText(say.waiting).waitFor();
    await settle(page);
    const slug = new URL(page.url()).pathname.split("/").at(-1);
    const key = await keyOf(slug);
    assert.equal((await page.locator("main").innerText()).includes(key), false, "the key is not shown unasked");
    await sound(page, `sources-new.${look.name}`, faults);

    await page.getByRole("tab", { name: "curl" }).click();
    await page.waitForURL(/start=curl/);
    await page.getByRole("button", { name: say.copyCode("curl") }).click();
    const start = await copied(page);
    assert.ok(start.includes(`--user "${key}:"`) && start.includes(`${server.url}/v1/track`), start);

    await page.getByRole("button", { name: say.rotate }).click();
    const question = page.getByRole("dialog", { name: say.rotateTitle });
    await question.waitFor();
    await sound(page, `sources-rotate.${look.name}`, faults);
    await question.getByRole("button", { name: say.rotate }).click();
    await page.getByText(say.rotated).waitFor();
    const fresh = await keyOf(slug);
    assert.notEqual(fresh, key);
    await page.getByRole("button", { name: say.copyKey }).click();
    assert.equal(await copied(page), fresh);
    await page.getByRole("button", { name: say.reveal }).click();
    await page.getByTestId("write-key").getByText(fresh).waitFor();

    await page.getByRole("button", { name: say.disable, exact: true }).click();
    await page.getByRole("button", { name: say.enable, exact: true }).waitFor();
    await page.getByRole("button", { name: say.more }).click();
    await page.getByRole("menuitem", { name: say.remove }).click();
    await page.getByRole("dialog").getByRole("button", { name: say.remove }).click();
    await page.getByRole("heading", { level: 1, name: say.sources }).waitFor();
    await settle(page);
    assert.equal(await page.getByText(`Order desk ${look.name}`).count(), 0);
    assert.deepEqual(faults, []);
    await close();
  });
}

for (const look of fewLooks) {
  test(`a web hook is set up: ${look.name}`, async () => {
    const say = words[look.language];
    const { page, faults, close } = await openPage(browser, look);
    await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    await visit(page, `${server.url}/sources`);
    await page.getByRole("button", { name: say.add }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("textbox", { name: say.name }).fill(`Tea ${look.name}`);
    await dialog.getByRole("radio", { name: say.webhook }).click();
    await dialog.getByRole("combobox", { name: say.service }).selectOption("shopify");
    await sound(page, `hooks-create.${look.name}`, faults);
    await dialog.getByRole("button", { name: say.create }).click();

    await page.getByRole("heading", { level: 2, name: say.connect }).waitFor();
    await settle(page);
    const slug = new URL(page.url()).pathname.split("/").at(-1);
    await sound(page, `hooks-new.${look.name}`, faults);
    await page.getByRole("button", { name: say.copyAddress }).click();
    assert.equal(await copied(page), `${server.url}/v1/hooks/${slug}`);
    await page.getByRole("textbox", { name: say.secret }).fill("shpss_0123456789abcdef");
    await page.keyboard.press("Enter");
    await page.getByText(say.secretKnown).waitFor();
    assert.equal((await page.content()).includes("shpss_"), false, "the secret is still on the page");
    await sound(page, `hooks-secret.${look.name}`, faults);
    const removed = await fetch(`${server.url}/api/v1/sources/${slug}`, { method: "DELETE" });
    assert.equal(removed.status, 204);
    await close();
  });
}

test("without a source the page teaches", async () => {
  for (const look of fewLooks) {
    const { page, faults, close } = await openPage(browser, look);
    const nothing = { as_of: new Date().toISOString(), sources: [] };
    await page.route("**/api/v1/sources", (route) => route.fulfill({ json: nothing }));
    await visit(page, `${server.url}/sources`);
    await page.getByText("bellwether source add").waitFor();
    await sound(page, `sources-empty.${look.name}`, faults);
    await close();
  }
});

test("a source can be made with the keyboard alone", async () => {
  const { page, faults, close } = await openPage(browser);
  await visit(page, server.url);
  await page.keyboard.press("g");
  await page.keyboard.press("i");
  await page.getByRole("heading", { level: 1, name: "Sources" }).waitFor();
  await settle(page);
  await page.getByRole("button", { name: "New source" }).focus();
  await page.keyboard.press("Enter");
  const name = page.getByRole("textbox", { name: "Name of the source" });
  await name.waitFor();
  await page.waitForFunction(() => document.activeElement?.tagName === "INPUT");
  await page.keyboard.type("Keyboard");
  await page.keyboard.press("Tab");
  await page.keyboard.press("ArrowRight");
  // On to the button that makes it, however many stops there are in between.
  const isOnIt = () => document.activeElement?.textContent === "Create source";
  for (let stop = 0; stop < 6 && !(await page.evaluate(isOnIt)); stop++) await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { level: 1, name: "Keyboard" }).waitFor();
  const slug = new URL(page.url()).pathname.split("/").at(-1);
  const removed = await fetch(`${server.url}/api/v1/sources/${slug}`, { method: "DELETE" });
  assert.equal(removed.status, 204);
  assert.deepEqual(faults, []);
  await close();
});
