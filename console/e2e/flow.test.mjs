// The way of a marketer through the console, with mouse and with nothing but the keyboard, in both languages.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { axe, firstOfEach, launch, openConsole, openPage, phone, settle, shoot, visit } from "./browser.mjs";

const words = {
  en: {
    customers: "Customers",
    search: "Search number, e-mail, country",
    customerTitle: (id) => `Customer ${id}`,
    messages: "Messages",
    recommendations: "Recommendations",
    campaigns: "Campaigns",
    content: "Content",
    phone: "Phone",
    deliveries: "Deliveries",
    experiments: "Experiments",
    frame: /Preview of the message/,
    needed: "Exposures per arm needed",
  },
  "zh-CN": {
    customers: "客户",
    search: "搜索编号、邮箱、国家",
    customerTitle: (id) => `客户 ${id}`,
    messages: "邮件",
    recommendations: "推荐",
    campaigns: "营销活动",
    content: "内容",
    phone: "手机端",
    deliveries: "发送情况",
    experiments: "实验",
    frame: /邮件「.*」的预览/,
    needed: "每组所需曝光人数",
  },
};

let server;
let browser;
let first;

before(async () => {
  server = await openConsole();
  browser = await launch();
  first = await firstOfEach(server.url);
});

after(async () => {
  await browser?.close();
  server?.stop();
});

const heading = (page, name) => page.getByRole("heading", { level: 1, name, exact: true }).waitFor();

for (const [language, say] of Object.entries(words)) {
  test(`overview, customer, message, campaign, experiment: ${language}`, async () => {
    const { page, faults, close } = await openPage(browser, { language });
    await visit(page, server.url);
    const navigation = page.getByRole("navigation").first();

    await navigation.getByRole("link", { name: say.customers, exact: true }).click();
    await heading(page, say.customers);
    await page.getByRole("searchbox", { name: say.search }).fill(first.customer.user_id);
    await page.waitForURL(/q=/);
    await page.getByRole("link", { name: first.customer.user_id, exact: true }).click();
    await heading(page, say.customerTitle(first.customer.user_id));
    await settle(page);
    await shoot(page, `flow-1-customer.${language}`);

    await page.getByRole("tab", { name: say.recommendations }).click();
    await page.getByRole("tabpanel").getByRole("listitem").first().waitFor();
    await page.getByRole("tab", { name: say.messages }).click();
    await settle(page);

    await navigation.getByRole("link", { name: say.campaigns, exact: true }).click();
    await page.getByRole("link", { name: first.campaign.name[language], exact: true }).click();
    await heading(page, first.campaign.name[language]);
    await page.getByRole("tab", { name: say.content }).click();
    const frame = page.getByTitle(say.frame);
    await frame.waitFor();
    assert.equal(await frame.getAttribute("sandbox"), "");
    assert.ok((await page.frameLocator("iframe").locator("body").innerText()).trim().length > 40, "an empty message");
    const wide = (await frame.boundingBox()).width;
    assert.ok(wide >= 600, `the desktop preview is ${wide} wide`);
    await page.getByText(say.phone, { exact: true }).click();
    const narrow = (await frame.boundingBox()).width;
    assert.equal(narrow, 375);
    await shoot(page, `flow-2-content.${language}`);
    await page.getByRole("tab", { name: say.deliveries }).click();
    await settle(page);
    await shoot(page, `flow-3-deliveries.${language}`);

    await navigation.getByRole("link", { name: say.experiments, exact: true }).click();
    await page.getByRole("link", { name: first.experiment.name[language], exact: true }).click();
    await heading(page, first.experiment.name[language]);
    await page.getByRole("table", { name: say.needed }).waitFor();
    assert.deepEqual(faults, []);
    await close();
  });
}

test("everything can be reached with the keyboard alone", async () => {
  const { page, faults, close } = await openPage(browser);
  await visit(page, server.url);

  await page.keyboard.press("Tab");
  const skip = page.getByRole("link", { name: "Skip to content" });
  assert.ok(await skip.evaluate((link) => link === document.activeElement), "the first stop is the skip link");
  await page.keyboard.press("Enter");
  assert.equal(await page.evaluate(() => document.activeElement.id), "main");

  await page.keyboard.press("g");
  await page.keyboard.press("c");
  await heading(page, "Customers");
  assert.equal(await page.evaluate(() => document.activeElement.tagName), "H1", "the heading has the focus");

  await page.keyboard.press("Control+k");
  const palette = page.getByRole("dialog");
  await palette.waitFor();
  await page.keyboard.type(first.customer.user_id);
  await palette.getByText(first.customer.user_id, { exact: true }).waitFor();
  await shoot(page, "flow-palette");
  assert.deepEqual(await axe(page), []);
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await heading(page, `Customer ${first.customer.user_id}`);
  await settle(page);

  await page.getByRole("tab", { name: "Timeline" }).focus();
  await page.keyboard.press("ArrowRight");
  await page.waitForURL(/tab=recommendations/);
  await page.keyboard.press("ArrowLeft");
  await page.waitForURL((url) => !url.search.includes("tab"));
  const order = page.locator("button[aria-expanded]").filter({ hasText: /Order/ }).first();
  await order.focus();
  await page.keyboard.press("Enter");
  await page.getByRole("columnheader", { name: "Quantity" }).waitFor();

  await page.keyboard.press("Shift+?");
  const help = page.getByRole("dialog", { name: "Keyboard shortcuts" });
  await help.waitFor();
  await shoot(page, "flow-shortcuts");
  assert.deepEqual(await axe(page), []);
  await page.keyboard.press("Escape");
  await help.waitFor({ state: "hidden" });
  assert.deepEqual(faults, []);
  await close();
});

test("single keys do nothing while somebody types, and can be switched off", async () => {
  const { page, close } = await openPage(browser);
  await visit(page, `${server.url}/customers`);
  await page.getByRole("searchbox").fill("");
  await page.keyboard.type("g?s");
  assert.equal(await page.getByRole("dialog").count(), 0);
  await heading(page, "Customers");
  await page.getByRole("button", { name: "Keyboard shortcuts" }).click();
  await page.getByRole("switch", { name: "Single-key shortcuts" }).click();
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "hidden" });
  await page.locator("h1").focus();
  await page.keyboard.press("g");
  await page.keyboard.press("s");
  await page.waitForTimeout(300);
  await heading(page, "Customers");
  await close();
});

test("language and theme are switched at once, and kept", async () => {
  const { page, close } = await openPage(browser);
  await visit(page, server.url);
  await page.getByRole("button", { name: "Language" }).click();
  await page.getByRole("menuitemradio", { name: "简体中文" }).click();
  await heading(page, "总览");
  await page.getByRole("button", { name: "切换到深色主题" }).click();
  await page.waitForFunction(() => document.documentElement.dataset.mantineColorScheme === "dark");
  await page.reload();
  await settle(page);
  await heading(page, "总览");
  assert.equal(await page.evaluate(() => document.documentElement.dataset.mantineColorScheme), "dark");
  await close();
});

test("filters, order and page survive a reload, and the way back", async () => {
  const { page, close } = await openPage(browser);
  await visit(page, `${server.url}/customers`);
  const range = page.locator("[aria-live=polite]");
  const all = await range.innerText();
  await page.getByRole("button", { name: "Orders", exact: true }).click();
  await page.waitForURL(/sort=orders/);
  await page.getByRole("button", { name: "Next page" }).click();
  await page.waitForURL(/page=2/);
  await settle(page);
  const second = await range.innerText();
  assert.notEqual(second, all);
  await page.reload();
  await settle(page);
  assert.equal(await range.innerText(), second);
  await page.goBack();
  await page.waitForURL((url) => !url.search.includes("page"));
  await page.goBack();
  await page.waitForURL((url) => !url.search.includes("sort"));
  await close();
});

test("on a phone the menu opens, leads on and closes", async () => {
  const { page, close } = await openPage(browser, { viewport: phone });
  await visit(page, server.url);
  await page.getByRole("button", { name: "Open menu" }).click();
  await page.getByRole("link", { name: "Campaigns", exact: true }).click();
  await heading(page, "Campaigns");
  await page.waitForTimeout(300);
  const hidden = await page.evaluate(() => document.querySelector("nav").closest("[inert]") !== null);
  assert.ok(hidden, "the closed menu cannot be tabbed into");
  await close();
});

test("a chart can be read as a table", async () => {
  const { page, close } = await openPage(browser);
  await visit(page, server.url);
  await page.getByRole("img", { name: /Revenue and orders/ }).waitFor();
  await page.getByRole("button", { name: /Show as table: Revenue and orders/ }).click();
  const table = page.getByRole("table", { name: "Revenue and orders" });
  assert.ok((await table.getByRole("row").count()) > 10);
  await close();
});
