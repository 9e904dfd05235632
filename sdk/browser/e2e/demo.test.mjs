// The demonstration shop, on a phone and on a desk.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch, openSink, openVisitor } from "./harness.mjs";

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser?.close());

for (const viewport of [
  { width: 390, height: 844 },
  { width: 1440, height: 900 },
]) {
  test(`a visit to the demonstration shop, ${viewport.width} wide`, async (t) => {
    const sink = await openSink(t);
    const visitor = await openVisitor(t, browser, { viewport });
    // The policy that a careful server sends.
    await visitor.context.route("**/demo", async (route) => {
      const response = await route.fetch();
      const policy = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:";
      await route.fulfill({ response, headers: { ...response.headers(), "content-security-policy": policy } });
    });
    const page = await visitor.visit(`${sink.url}/demo`);
    const overflow = () => page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth + 1);
    assert.equal(await overflow(), false);
    if (process.env.SHOTS)
      await page.screenshot({ path: `${process.env.SHOTS}/demo-${viewport.width}.png`, fullPage: true });

    await page.getByRole("link", { name: "Moon bowl" }).click();
    await page.getByRole("heading", { level: 1, name: "Moon bowl" }).waitFor();
    await page.getByRole("button", { name: "Add to basket" }).click();
    await page.getByRole("link", { name: "Basket (1)" }).click();
    await page.getByRole("button", { name: "Order" }).click();
    await page.getByText("Thank you").waitFor();
    await page.getByRole("link", { name: "Shop", exact: true }).click();
    await page.getByLabel("Customer number").fill("1042");
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByLabel("E-mail address").fill("me@example.com");
    await page.getByRole("button", { name: "Subscribe" }).click();
    await sink.until(() => sink.named("Newsletter Subscribed").length === 1, "the last event");

    const seen = sink.events().map(({ type, event, properties }) => event ?? `${type} ${properties?.path ?? ""}`);
    assert.deepEqual(seen.toSorted(), [
      "Form Submitted",
      "Newsletter Subscribed",
      "Order Completed",
      "Product Added",
      "Product Viewed",
      "identify ",
      "page /demo",
      "page /demo#/",
      "page /demo#/cart",
      "page /demo#/product/bowl-moon",
    ]);
    const [order] = sink.named("Order Completed");
    assert.equal(order.properties.revenue, 38);
    assert.deepEqual(sink.named("Newsletter Subscribed")[0].properties.fields, { topic: "new glazes" });
    assert.equal(sink.named("Newsletter Subscribed")[0].userId, "1042");
    assert.doesNotMatch(JSON.stringify(sink.requests), /me@example/);
    await page.getByText("Order Completed · 200").waitFor();
    assert.equal(await overflow(), false);
    if (process.env.SHOTS)
      await page.screenshot({ path: `${process.env.SHOTS}/demo-${viewport.width}-end.png`, fullPage: true });
    // The policy blocked nothing: the browser would have said so on the console as an error, and the script would be missing.
    assert.deepEqual(visitor.warnings, []);
  });
}
