import { screen } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import type { Customer, CustomerTouch } from "@/api/types";
import { renderIn } from "@/test/render";
import { TouchesPanel } from "./TouchesPanel";

const search: CustomerTouch = {
  time: "2026-01-02T10:00:00Z",
  channel: "organic_search",
  source: "baidu",
  medium: "organic",
};
const mail: CustomerTouch = { ...search, channel: "email", source: "newsletter", medium: "email", campaign: "Spring" };

const customer = (first_touch?: CustomerTouch, latest_touch?: CustomerTouch) =>
  ({ first_touch, latest_touch }) as Customer;

describe("TouchesPanel", () => {
  it("shows both touches in both languages", async () => {
    const english = await renderIn("en", <TouchesPanel customer={customer(search, mail)} />);
    expect(screen.getByText("Organic search")).toBeInTheDocument();
    expect(screen.getByText("newsletter / email")).toBeInTheDocument();
    expect(screen.getByText("Spring")).toBeInTheDocument();
    english.unmount();
    await renderIn("zh-CN", <TouchesPanel customer={customer(search, mail)} />);
    expect(screen.getByText("自然搜索")).toBeInTheDocument();
  });

  it("shows one touch once, and nothing where nothing is known", async () => {
    const one = await renderIn("en", <TouchesPanel customer={customer(mail, { ...mail })} />);
    expect(screen.getAllByText("newsletter / email")).toHaveLength(1);
    one.unmount();
    await renderIn("en", <TouchesPanel customer={customer()} />);
    expect(screen.queryByText("How they came")).not.toBeInTheDocument();
  });
});
