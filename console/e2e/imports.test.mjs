// A messy file in GB18030, from dropping it to the customer, on a real server; in both languages, on a desk and on a phone.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { after, before, test } from "node:test";
import { openServer } from "../../sdk/tests/harness/server.mjs";
import { axe, launch, looks, openPage, settle, sound, visit } from "./browser.mjs";

const words = {
  en: {
    choose: "Choose a file",
    guess: "The guess from this file",
    mapping: /Mapping/,
    rows: "The first rows, and what they become",
    broken: (line) => `Line ${line}, column 1`,
    goTo: (line) => `Go to line ${line}`,
    start: "Start the import",
    stop: "Stop the import",
    stopped: "The import was stopped",
    goOn: "Go on with the import",
    done: "The file is in",
    again: "This file was imported before",
    customers: "See the customers",
    rejects: "See what could not be used",
    ofOneImport: "Of one import: show all",
    startFrom: "Start from",
    weibo: "Weibo: interactions",
    noFit: "This mapping does not fit the file",
    remove: "Remove",
  },
  "zh-CN": {
    choose: "选择文件",
    guess: "根据此文件的猜测",
    mapping: /映射/,
    rows: "前几行及其结果",
    broken: (line) => `第 ${line} 行第 1 列`,
    goTo: (line) => `转到第 ${line} 行`,
    start: "开始导入",
    stop: "停止导入",
    stopped: "导入已停止",
    goOn: "继续导入",
    done: "文件已导入",
    again: "此文件之前已导入",
    customers: "查看客户",
    rejects: "查看无法使用的行",
    ofOneImport: "仅一次导入：显示全部",
    startFrom: "从以下映射开始",
    weibo: "微博：互动",
    noFit: "此映射与文件不符",
    remove: "移除",
  },
};

const messy = `订单号;会员号;下单时间;商品名称;数量;单价
T1001;M17;2026/01/31 10:05:00;龙井茶;2;59,50
T1001;M17;2026/01/31 10:05:00;茶杯;1;18,00
T1002;M23;2026/02/01 09:12:00;普洱茶;三;128,00
T1003;M17;2026/02/01 11:40:00;龙井茶;1;59,50
T1004;M23;2026/02/02;普洱茶
T1005;M42;2026/02/03 16:20:00;"花茶; 袋装";4;22,80
`;

const gb18030 = (text) => execFileSync("iconv", ["-f", "UTF-8", "-t", "GB18030"], { input: text });

/** Many rows, for an import that can be stopped in the middle. */
function many() {
  const rows = ["order,customer,time,item,quantity,price"];
  for (let n = 0; n < 60_000; n += 1) rows.push(`${n},C${n % 97},2024-03-05 10:00:00,P${n % 31},1,${1 + (n % 40)}.50`);
  return Buffer.from(`${rows.join("\n")}\n`);
}

let browser;

before(async () => {
  browser = await launch();
});

after(async () => {
  await browser?.close();
});

const give = async (page, say, name, buffer) => {
  await page.locator("input[type=file]").setInputFiles({ name, mimeType: "text/csv", buffer });
  await page.getByRole("textbox", { name: say.mapping }).waitFor();
  await settle(page);
};

for (const look of looks) {
  test(`a messy file is in, and its customer is there: ${look.name}`, async () => {
    const server = await openServer();
    const say = words[look.language];
    const { page, faults, close } = await openPage(browser, look);
    await visit(page, `${server.url}/imports`);
    await page.getByRole("button", { name: say.choose }).waitFor();
    await sound(page, `imports-empty.${look.name}`, faults);

    await give(page, say, "订单.csv", gb18030(messy));
    const editor = page.getByRole("textbox", { name: say.mapping });
    // What was recognised, what was guessed, and what comes of it.
    await page.getByText("GB18030").waitFor();
    assert.match(await editor.inputValue(), /kind = "orders"/);
    const table = page.getByRole("table", { name: say.rows });
    await table.waitFor();
    assert.match(await editor.inputValue(), /order = "订单号"/);
    await sound(page, `import-guess.${look.name}`, faults);

    // A mistake has its place, and a button leads there.
    const guessed = await editor.inputValue();
    const broken = guessed.replace("\ncustomer =", "\ncustommer =");
    const line = 1 + broken.split("\n").findIndex((text) => text.startsWith("custommer"));
    await editor.fill(broken);
    await page.getByText(say.broken(line)).waitFor();
    await page.getByRole("button", { name: say.goTo(line) }).click();
    const selected = await editor.evaluate((area) => area.value.slice(area.selectionStart, area.selectionEnd));
    assert.match(selected, /^custommer =/);
    await sound(page, `import-broken.${look.name}`, faults);

    // A mapping for other files does not fit.
    await page.getByRole("combobox", { name: say.startFrom }).click();
    await page.getByRole("option", { name: say.weibo }).click();
    await page.getByText(say.noFit).waitFor();

    // The guess, mended; the rows follow.
    const mended = guessed
      .replace(/source = "[^"]*"/, 'source = "tea-shop"')
      // Not all of them are numbers, so that the guess has left them out.
      .replace("\nprice =", '\nquantity = "数量"\nprice =')
      .replace('timezone = "UTC"', 'timezone = "Asia/Shanghai"')
      .replace(/constant = "[A-Z]+"/, 'constant = "CNY"');
    assert.notEqual(mended, guessed);
    await editor.fill(guessed);
    await table.waitFor();
    assert.equal(await table.locator("td[data-wrong]", { hasText: "三" }).count(), 0);
    await editor.fill(mended);
    await table.locator("td[data-wrong]", { hasText: "三" }).waitFor();
    await settle(page);
    await sound(page, `import-mended.${look.name}`, faults);

    await page.getByRole("button", { name: say.start }).click();
    await page.getByRole("heading", { name: say.done }).waitFor({ timeout: 30_000 });
    await sound(page, `import-done.${look.name}`, faults);

    await page.getByRole("link", { name: say.rejects }).click();
    await page.getByRole("button", { name: say.ofOneImport }).waitFor();
    await settle(page);
    assert.equal((await server.get("quality/rejects?source=tea-shop")).total, 2);
    await sound(page, `import-rejects.${look.name}`, faults);

    await page.goBack();
    await page.getByRole("link", { name: say.customers }).click();
    await page.getByText("M17").first().waitFor();
    await settle(page);
    await sound(page, `import-customers.${look.name}`, faults);

    // The same file again.
    await visit(page, `${server.url}/imports`);
    await give(page, say, "copy.csv", gb18030(messy));
    await editor.fill(mended);
    await settle(page);
    await page.getByRole("button", { name: say.start }).click();
    await page.getByRole("heading", { name: say.again }).waitFor({ timeout: 30_000 });
    await visit(page, `${server.url}/imports`);
    await sound(page, `imports.${look.name}`, faults);
    await close();
    await server.close();
  });
}

test("an import under way shows its progress, stops, and goes on; all by the keyboard", async () => {
  const server = await openServer();
  const say = words.en;
  const { page, faults, close } = await openPage(browser, looks[0]);
  await visit(page, `${server.url}/imports`);
  await give(page, say, "orders.csv", many());
  const press = async (name) => {
    const button = page.getByRole("button", { name });
    await button.waitFor();
    await page.waitForFunction((element) => !element.disabled, await button.elementHandle());
    await button.focus();
    await page.keyboard.press("Enter");
  };
  await press(say.start);
  const bar = page.getByRole("progressbar");
  await bar.waitFor();
  await page.waitForFunction((element) => Number(element.getAttribute("aria-valuenow")) > 0, await bar.elementHandle());
  assert.deepEqual(await axe(page), []);
  await sound(page, "import-running.light-en-desktop", faults);
  await press(say.stop);
  await page.getByRole("dialog").waitFor();
  const confirm = page.getByRole("dialog").getByRole("button", { name: say.stop });
  await confirm.focus();
  await page.keyboard.press("Enter");
  await page.getByText(say.stopped).waitFor();
  await settle(page);
  await sound(page, "import-stopped.light-en-desktop", faults);
  await press(say.goOn);
  await page.getByRole("heading", { name: say.done }).waitFor({ timeout: 120_000 });
  const { uploads } = await server.get("imports/uploads");
  assert.deepEqual([uploads[0].outcome.rows, uploads[0].outcome.rejected], [60_000, 0]);
  assert.equal((await server.get("customers")).total, 97);
  await close();
  await server.close();
});

test("a file that is being sent is not given up without a question", async () => {
  const server = await openServer();
  const { page, faults, close } = await openPage(browser);
  // Never answered, so that the file stays on its way.
  await page.route("**/api/v1/imports/uploads?*", () => {});
  await visit(page, `${server.url}/imports`);
  const file = { name: "many.csv", mimeType: "text/csv", buffer: many() };
  await page.locator("input[type=file]").setInputFiles(file);
  await page.getByText("Sending many.csv").waitFor();
  await page.getByRole("link", { name: "Stores" }).click();
  const question = page.getByRole("dialog", { name: "Stop sending many.csv?" });
  await question.waitFor();
  await sound(page, "imports-leave", faults);
  await question.getByRole("button", { name: "Cancel" }).click();
  await question.waitFor({ state: "detached" });

  // The browser asks too, before the whole page goes.
  const asked = page.waitForEvent("dialog");
  await page.close({ runBeforeUnload: true });
  const dialog = await asked;
  assert.equal(dialog.type(), "beforeunload");
  await dialog.dismiss();

  await page.getByRole("link", { name: "Stores" }).click();
  await question.getByRole("button", { name: "Leave the page" }).click();
  await page.getByRole("heading", { level: 1, name: "Stores" }).waitFor();
  await close();
  await server.close();
});
