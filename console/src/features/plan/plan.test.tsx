import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { json } from "@/test/json";
import { renderConsole } from "@/test/render";
import { planChanges } from "../../../e2e/mock/plan";

const table = async () => within(await screen.findByRole("table", { name: "Events" }));
const overlay = () => document.querySelector(".mantine-Modal-overlay") as HTMLElement;
const open = async (event: string) => {
  const console = await renderConsole(`/plan?event=${encodeURIComponent(event)}`);
  const dialog = within(await screen.findByRole("dialog", { name: event }));
  const schema = await dialog.findByRole("textbox", { name: "JSON Schema" });
  return { ...console, dialog, schema };
};

describe("the tracking plan", () => {
  it("lists what is planned and what is not, with its violations", async () => {
    await renderConsole("/plan");
    const rows = await table();
    const row = rows.getByRole("row", { name: /Product Viewed/ });
    expect(row).toHaveTextContent(/Product ViewedPlannedFlag36,1201,20417\/price: "59.90" is not of type "number"/);
    expect(rows.getByRole("row", { name: /Checkout Started/ })).toHaveTextContent("Not planned");
    expect(screen.getByRole("link", { name: "Export" })).toHaveAttribute("href", "/api/v1/plan/document");
  });

  it("says what happens to events that are not planned", async () => {
    const { user } = await renderConsole("/plan");
    await table();
    await user.click(screen.getByRole("combobox", { name: "Events that are not planned" }));
    await user.click(await screen.findByRole("option", { name: "Reject" }));
    const row = (await table()).getByRole("row", { name: /Checkout Started/ });
    await waitFor(() => expect(row).toHaveTextContent("Reject"));
  });

  it("is learned, and nothing is in force before it is saved", async () => {
    const { user } = await renderConsole("/plan");
    await table();
    await user.click(screen.getByRole("button", { name: "Learn from events" }));
    const proposals = within(await screen.findByRole("table", { name: "Proposed from the last 30 days" }));
    expect(proposals.getByRole("row", { name: /Checkout Started/ })).toHaveTextContent(/Checkout Started81212/);
    await user.click(proposals.getByRole("button", { name: "Review the proposal for Checkout Started" }));
    const dialog = within(await screen.findByRole("dialog", { name: "Checkout Started" }));
    const schema = await dialog.findByRole("textbox", { name: "JSON Schema" });
    expect((schema as HTMLTextAreaElement).value).toContain("cart_id");
    expect(dialog.getByText(/Learned from 812 events. 2 of them would violate it./)).toBeInTheDocument();
    expect(planChanges).toEqual([]);
    await user.click(dialog.getByRole("button", { name: "Add to the plan" }));
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    expect(planChanges).toMatchObject([{ event: "Checkout Started", mode: "watch", based_on: 0 }]);
    await waitFor(async () =>
      expect((await table()).getByRole("row", { name: /Checkout Started/ })).toHaveTextContent("Planned"),
    );
  });
});

describe("an entry", () => {
  it("is tried before it is saved", async () => {
    const { user, dialog } = await open("Product Viewed");
    await user.click(dialog.getByRole("button", { name: "Try on the last 1,000 events" }));
    expect(await dialog.findByText("17 of the last 1,000 events would fail")).toBeInTheDocument();
    expect(dialog.getByText("22 Nov 2026, 10:00 · online-shop")).toBeInTheDocument();
    expect(planChanges).toEqual([]);
  });

  it("is saved as it was written, on what was read", async () => {
    const { user, dialog, schema } = await open("Product Viewed");
    fireEvent.change(schema, { target: { value: "{type}" } });
    expect(dialog.getByText(/Line 1, column 2/)).toBeInTheDocument();
    fireEvent.change(schema, { target: { value: '{"minimum":12345678901234567890}' } });
    await user.type(dialog.getByRole("textbox", { name: /Why/ }), "prices");
    await user.click(dialog.getByRole("button", { name: "Save" }));
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    expect(planChanges).toMatchObject([{ event: "Product Viewed", mode: "flag", note: "prices", based_on: 2 }]);
  });

  it("is not lost by a click beside it, once something is written", async () => {
    const { user, dialog } = await open("Product Viewed");
    const editor = await dialog.findByRole("textbox", { name: "JSON Schema" });
    fireEvent.change(editor, { target: { value: "{}" } });
    await user.click(overlay());
    const closed = waitFor(() => expect(screen.queryByRole("dialog")).toBeNull(), { timeout: 500 });
    await expect(closed).rejects.toThrow();
    expect(editor).toHaveValue("{}");
    await user.click(dialog.getByRole("button", { name: "Close" }));
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  });

  it("closes by a click beside it while nothing is written", async () => {
    const { user, dialog } = await open("Product Viewed");
    await dialog.findByRole("textbox", { name: "JSON Schema" });
    await user.click(overlay());
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  });

  it("is refused with the server's reason", async () => {
    const refuse = (request: Request) => {
      if (request.method !== "PUT") return undefined;
      const detail = "the schema at /type: it is none";
      return json({ type: "", title: "", status: 400, code: "invalid_body", detail }, 400);
    };
    await renderConsole("/plan?event=page", "en", refuse);
    const dialog = within(await screen.findByRole("dialog", { name: "page" }));
    fireEvent.click(await dialog.findByRole("button", { name: "Add to the plan" }));
    expect(await dialog.findByText("the schema at /type: it is none")).toBeInTheDocument();
  });

  it("can be what it was before, and be taken out", async () => {
    const { user, dialog, schema } = await open("Product Viewed");
    const history = within(dialog.getByRole("region", { name: "History" }));
    expect(history.getAllByRole("listitem")[0]).toHaveTextContent(/Version 2Flag.*administrator · prices are needed/);
    await user.click(history.getByRole("button", { name: "Put into the editor: version 1" }));
    expect((schema as HTMLTextAreaElement).value).not.toContain("price");
    await user.click(dialog.getByRole("button", { name: "Take out of the plan" }));
    const sure = within(await screen.findByRole("dialog", { name: "Take “Product Viewed” out of the plan?" }));
    await user.click(sure.getByRole("button", { name: "Take out of the plan" }));
    await waitFor(async () => expect((await table()).queryByRole("row", { name: /Product Viewed/ })).toBeNull());
  });
});
