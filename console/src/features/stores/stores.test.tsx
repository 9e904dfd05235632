import { screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { json } from "@/test/json";
import { renderConsole } from "@/test/render";
import { changeStore, clearStores, storeDetail } from "../../../e2e/mock/stores";

const row = async (name: RegExp) =>
  within((await screen.findByRole("rowheader", { name })).closest("tr") as HTMLElement);

describe("the list of stores", () => {
  it("says what happened at each", async () => {
    await renderConsole("/stores");
    const vienna = await row(/Graben/);
    for (const text of ["VIE-01", "Wien, AT", "25,600", "4 minutes ago"]) {
      expect(vienna.getByText(text)).toBeInTheDocument();
    }
    expect(vienna.getByRole("img", { name: /events in the last 30 days/ })).toBeInTheDocument();
    // Without a name, its code; amounts of different currencies are not added up.
    expect((await row(/ZRH-01/)).getByText("CHF 10,120 + €312.40")).toBeInTheDocument();
    expect((await row(/Linz/)).getByText("Never")).toBeInTheDocument();
  });

  it("teaches where there is nothing yet", async () => {
    await renderConsole("/stores", "en", (request) => {
      if (request.url.endsWith("/stores")) clearStores();
      return undefined;
    });
    expect(await screen.findByText("See what your tills sell, store by store")).toBeInTheDocument();
    expect(screen.getByText(/till-receipts.toml/)).toBeInTheDocument();
    expect(screen.getByRole("button", { name: "New store" })).toBeInTheDocument();
  });
});

describe("a store", () => {
  it("is changed beside the list", async () => {
    const { user } = await renderConsole("/stores?store=VIE-01");
    const panel = within(await screen.findByRole("dialog", { name: "Graben" }));
    const name = panel.getByRole("textbox", { name: "Name" });
    await user.clear(name);
    await user.type(name, "Graben 21");
    // Somebody else, meanwhile.
    changeStore("VIE-01", { city: "Vienna" });
    await user.click(panel.getByRole("button", { name: "Save" }));
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    expect(await screen.findByRole("rowheader", { name: /Graben 21/ })).toBeInTheDocument();
    const { store } = storeDetail("VIE-01") ?? {};
    expect([store?.name, store?.city, store?.latitude, store?.tags]).toEqual([
      "Graben 21",
      "Vienna",
      undefined,
      ["flagship"],
    ]);
  });

  it("has a place of two numbers, or none", async () => {
    const { user } = await renderConsole("/stores?store=VIE-01");
    const panel = within(await screen.findByRole("dialog", { name: "Graben" }));
    await user.type(panel.getByRole("textbox", { name: "Longitude" }), "16.37");
    await user.type(panel.getByRole("textbox", { name: "Latitude" }), "-{Enter}");
    expect(panel.getByText("Enter a number of degrees.")).toBeInTheDocument();
    await user.type(panel.getByRole("textbox", { name: "Latitude" }), "48.2");
    await user.click(panel.getByRole("button", { name: "Save" }));
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    const { store } = storeDetail("VIE-01") ?? {};
    expect([store?.latitude, store?.longitude]).toEqual([-48.2, 16.37]);
  });

  it("needs a code that is not taken", async () => {
    const { user } = await renderConsole("/stores");
    await user.click(await screen.findByRole("button", { name: "New store" }));
    const panel = within(await screen.findByRole("dialog", { name: "New store" }));
    await user.click(panel.getByRole("button", { name: "Create store" }));
    expect(panel.getByText(/Enter the code/)).toBeInTheDocument();
    await user.type(panel.getByRole("textbox", { name: "Code" }), "VIE-01");
    await user.click(panel.getByRole("button", { name: "Create store" }));
    expect(panel.getByText(/already/)).toBeInTheDocument();
  });

  it("says why a change was refused", async () => {
    const refused = {
      type: "",
      title: "",
      status: 400,
      code: "invalid_body",
      detail: "the body: `closed` is before `opened`",
    };
    const { user } = await renderConsole("/stores?store=VIE-02", "en", (request) =>
      request.method === "PATCH" ? json(refused, 400) : undefined,
    );
    const panel = within(await screen.findByRole("dialog", { name: "Mariahilfer Straße" }));
    await user.click(panel.getByRole("button", { name: "Save" }));
    expect(await panel.findByText(/before `opened`/)).toBeInTheDocument();
  });
});
