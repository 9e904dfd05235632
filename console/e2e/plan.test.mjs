// The tracking plan of a real server: learned from what arrived, tried, saved, watched, and in both languages on a desk and a phone.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { openServer } from "../../sdk/tests/harness/server.mjs";
import { launch, looks, openPage, settle, sound, visit } from "./browser.mjs";

const words = {
  en: {
    learn: "Learn from events",
    look: "Review the proposal for Product Viewed",
    schema: "JSON Schema",
    try: "Try on the last 1,000 events",
    failed: /1 of the last 41 events would fail/,
    mode: "What happens",
    reject: "Reject",
    add: "Add to the plan",
    history: "History",
    planned: "Planned",
  },
  "zh-CN": {
    learn: "从事件中学习",
    look: "查看 Product Viewed 的建议",
    schema: "模式（JSON Schema）",
    try: "用最近 1,000 个事件试一试",
    failed: /最近 41 个事件中有 1 个会不符合/,
    mode: "处理方式",
    reject: "拒绝",
    add: "加入方案",
    history: "历史",
    planned: "方案内",
  },
};

let browser;

before(async () => {
  browser = await launch();
});

after(async () => {
  await browser?.close();
});

async function send(server, key, price) {
  const response = await fetch(`${server.url}/v1/track`, {
    method: "POST",
    headers: { "content-type": "application/json", "x-write-key": key },
    body: JSON.stringify({ event: "Product Viewed", userId: "ann", properties: { price, product_id: "sku-1" } }),
  });
  assert.equal(response.status, 200);
}

for (const look of looks) {
  test(`a plan is learned, tried and put into force: ${look.name}`, async () => {
    const server = await openServer();
    const say = words[look.language];
    const { page, faults, close } = await openPage(browser, look);
    const key = await server.source("Online shop", "website");
    for (let n = 0; n < 40; n += 1) await send(server, key, n + 0.5);
    await send(server, key, "59.90");
    await server.settled();

    await visit(page, `${server.url}/plan`);
    await sound(page, `plan.${look.name}`, faults);
    await page.getByRole("button", { name: say.learn }).click();
    await page.getByRole("button", { name: say.look }).click();
    const dialog = page.getByRole("dialog");
    const schema = dialog.getByRole("textbox", { name: say.schema });
    await schema.waitFor();
    // One price in 41 is a text, which is too many for a slip: it is for people to say that it is one.
    const proposed = JSON.parse(await schema.inputValue());
    assert.deepEqual(proposed.properties.price.type, ["number", "string"]);
    proposed.properties.price.type = "number";
    await schema.fill(JSON.stringify(proposed, null, 2));
    await dialog.getByRole("button", { name: say.try }).click();
    await dialog.getByText(say.failed).waitFor();
    await sound(page, `plan-entry.${look.name}`, faults);
    await dialog.getByRole("combobox", { name: say.mode }).click();
    await page.getByRole("option", { name: say.reject }).click();
    await dialog.getByRole("button", { name: say.add }).click();
    await dialog.waitFor({ state: "detached" });

    await send(server, key, "7");
    await server.settled();
    const rejects = await server.get("quality/rejects?reason=plan_violation");
    assert.equal(rejects.total, 1);
    assert.equal(rejects.rows[0].field, "properties.price");
    await visit(page, `${server.url}/plan`);
    await sound(page, `plan-violated.${look.name}`, faults);
    await page.getByRole("link", { name: "Product Viewed" }).click();
    await page.getByRole("region", { name: say.history }).waitFor();
    await settle(page);
    await sound(page, `plan-history.${look.name}`, faults);
    await close();
    await server.close();
  });
}
