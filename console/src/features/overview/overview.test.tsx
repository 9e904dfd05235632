import { screen, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import type { Overview } from "@/api/types";
import { json } from "@/test/json";
import { renderConsole } from "@/test/render";
import { overview } from "../../../e2e/mock/shop";

const none = Object.fromEntries(Object.keys(overview.totals).map((key) => [key, 0])) as Overview["totals"];
const nothing: Overview = {
  ...overview,
  data_range: null,
  totals: none,
  funnel: overview.funnel.map((step) => ({ ...step, count: 0 })),
  daily: [],
  monthly: [],
  segments: [],
  top_countries: [],
  top_products: [],
  last_import: null,
  campaigns: 0,
  alerts: [{ level: "info", message: { code: "no_data", params: {} } }],
};
const open = (answer: Overview) =>
  renderConsole("/", "en", (request) => (request.url.endsWith("/overview") ? json(answer) : undefined));

describe("the overview", () => {
  it("leads to the imports where there is nothing", async () => {
    await open(nothing);
    expect(await screen.findByText("No data yet")).toBeInTheDocument();
    expect(screen.getByRole("link", { name: "Import a file" })).toHaveAttribute("href", "/imports");
  });

  it("shows who is there before anybody has ordered", async () => {
    const funnel = overview.funnel.map((step) => ({ ...step, count: step.step === "identified" ? 12 : 0 }));
    await open({ ...nothing, totals: { ...none, customers: 12 }, funnel });
    const numbers = within(await screen.findByLabelText("Main numbers"));
    expect(numbers.getByText("12")).toBeInTheDocument();
    expect(screen.getByText("From events to buyers")).toBeInTheDocument();
    for (const text of ["No data yet", /There are no data yet/, "Revenue and orders", "Top products"]) {
      expect(screen.queryByText(text)).toBeNull();
    }
  });

  it("calls a job that gave up by its name", async () => {
    const params = { kind: "import/file", error: "the disk is full" };
    await open({ ...overview, alerts: [{ level: "error", message: { code: "job_failed", params } }] });
    expect(await screen.findByText(/The job Import of a file gave up: the disk is full/)).toBeInTheDocument();
  });
});
