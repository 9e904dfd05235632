import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { json } from "@/test/json";
import { renderConsole } from "@/test/render";
import { clearQuarantine, reject, rejects, sentAgain } from "../../../e2e/mock/quarantine";

const address = "/quality?tab=quarantine";
const problem = (code: string, status: number) =>
  json({ type: "", title: "", status, code, detail: "in detail" }, status);
const overlay = () => document.querySelector(".mantine-Modal-overlay") as HTMLElement;
const open = async (id: number) => {
  const console = await renderConsole(`${address}&row=${id}`);
  const dialog = within(await screen.findByRole("dialog", { name: `Row ${id} in quarantine` }));
  return { ...console, dialog };
};

describe("the quarantine", () => {
  it("lists what could not be used and finds it by its words", async () => {
    const { user, router } = await renderConsole(address);
    const table = within(await screen.findByRole("table", { name: "Quarantine" }));
    expect(table.getByRole("rowheader", { name: /online-shop · event 5272/ })).toBeInTheDocument();
    expect(table.getByRole("rowheader", { name: /online_retail · line 519/ })).toBeInTheDocument();
    await user.type(screen.getByRole("searchbox", { name: /Search words/ }), "C-18");
    await waitFor(() => expect(table.queryByRole("rowheader", { name: /event 5272/ })).toBeNull());
    expect(table.getByRole("rowheader", { name: /event 5271/ })).toBeInTheDocument();
    expect(router.state.location.search).toEqual({ tab: "quarantine", q: "C-18" });
    expect(screen.getByRole("link", { name: "Export" })).toHaveAttribute(
      "href",
      "/api/v1/quality/rejects/export?q=C-18",
    );
    expect(await screen.findByRole("button", { name: "Send all again (1)" })).toBeEnabled();
  });

  it("keeps to a reason whose last row has gone", async () => {
    const { user, router } = await renderConsole(`${address}&reason=encoding`);
    expect(await screen.findByText("Nothing matches")).toBeInTheDocument();
    expect(screen.getByRole("combobox", { name: "Any reason" })).toHaveValue("Encoding (0)");
    expect(screen.getByRole("button", { name: "Send all again (0)" })).toBeDisabled();
    const all = screen.getByRole("link", { name: "Export" });
    expect(all).toHaveAttribute("href", "/api/v1/quality/rejects/export?reason=encoding");
    await user.click(screen.getByLabelText("Clear reason"));
    await waitFor(() => expect(router.state.location.search).toEqual({ tab: "quarantine" }));
    expect(await screen.findByRole("button", { name: "Send all again (3)" })).toBeEnabled();
  });

  it("says where nothing matches, and teaches where there is nothing", async () => {
    const { unmount } = await renderConsole(`${address}&q=nobody`);
    expect(await screen.findByText("Nothing matches")).toBeInTheDocument();
    unmount();
    const second = await renderConsole("/quality", "zh-CN");
    clearQuarantine();
    await second.user.click(await screen.findByRole("tab", { name: "隔离区" }));
    expect(await screen.findByText("隔离区为空")).toBeInTheDocument();
    expect(screen.getAllByRole("listitem").map((item) => item.textContent)).toContain(
      "来自数据来源的事件可以在此修正并重新发送。",
    );
  });
});

describe("one event", () => {
  it("is opened from the list and sent as it came", async () => {
    const { user, router } = await renderConsole(address);
    await user.click(await screen.findByRole("link", { name: /event 5270/ }));
    const dialog = within(await screen.findByRole("dialog", { name: "Row 5270 in quarantine" }));
    await user.click(await dialog.findByRole("button", { name: "Send again as it came" }));
    await waitFor(() => expect(router.state.location.search).toEqual({ tab: "quarantine" }));
    expect(sentAgain).toEqual(['{"type":"dance","userId":"c-19"}']);
    expect(await screen.findByText(/The event is on its way/)).toBeInTheDocument();
    await waitFor(() => expect(screen.queryByRole("rowheader", { name: /event 5270/ })).toBeNull());
  });

  it("is mended as text: what is no JSON is not sent, and its place is said", async () => {
    const { user, dialog } = await open(5_272);
    const editor: HTMLTextAreaElement = await dialog.findByRole("textbox", { name: "The event" });
    expect(editor.value.split("\n")[1]).toBe('  "event": "Product Viewed",');
    fireEvent.change(editor, { target: { value: '{\n  "type" "track"\n}' } });
    expect(editor).toBeInvalid();
    expect(dialog.getByText("Line 2, column 10: this does not belong here")).toBeInTheDocument();
    await user.click(dialog.getByRole("button", { name: "Send the mended event" }));
    expect([sentAgain, editor.selectionStart]).toEqual([[], 11]);
    expect(editor).toHaveFocus();
    const mended = '{"type":"track","event":"A","userId":"c-17","n":12345678901234567890}';
    fireEvent.change(editor, { target: { value: mended } });
    expect(editor).toBeValid();
    await user.click(dialog.getByRole("button", { name: "Send the mended event" }));
    await waitFor(() => expect(sentAgain).toEqual([mended]));
  });

  it("is not lost by a click beside it, once something is written", async () => {
    const { user, dialog } = await open(5_272);
    const editor = await dialog.findByRole("textbox", { name: "The event" });
    fireEvent.change(editor, { target: { value: "{}" } });
    await user.click(overlay());
    const closed = waitFor(() => expect(screen.queryByRole("dialog")).toBeNull(), { timeout: 500 });
    await expect(closed).rejects.toThrow();
    expect(editor).toHaveValue("{}");
    await user.click(dialog.getByRole("button", { name: "Close" }));
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  });

  it("closes by a click beside it while nothing is written", async () => {
    const { user, dialog } = await open(5_272);
    await dialog.findByRole("textbox", { name: "The event" });
    await user.click(overlay());
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  });

  it("can be put back as it came", async () => {
    const { user, dialog } = await open(5_272);
    const editor: HTMLTextAreaElement = await dialog.findByRole("textbox", { name: "The event" });
    const before = editor.value;
    fireEvent.change(editor, { target: { value: "{}" } });
    await user.click(dialog.getByRole("button", { name: "As it came" }));
    expect(editor.value).toBe(before);
    expect(dialog.getByRole("button", { name: "Send again as it came" })).toBeInTheDocument();
  });

  it("says why it could not be sent", async () => {
    const { user } = await renderConsole(`${address}&row=5272`, "en", (request) =>
      request.method === "POST" ? problem("unavailable", 503) : undefined,
    );
    await user.click(await screen.findByRole("button", { name: "Send again as it came" }));
    expect(await screen.findByText("The data are not available right now")).toBeInTheDocument();
    expect(reject("5272")).not.toBeNull();
  });

  it("is deleted only after a question", async () => {
    const { user, router, dialog } = await open(5_272);
    await user.click(await dialog.findByRole("button", { name: "Delete" }));
    const question = within(await screen.findByRole("dialog", { name: "Delete row 5272?" }));
    expect(reject("5272")).not.toBeNull();
    await user.click(question.getByRole("button", { name: "Delete" }));
    await waitFor(() => expect(reject("5272")).toBeNull());
    await waitFor(() => expect(router.state.location.search).toEqual({ tab: "quarantine" }));
  });

  it("says why a row of a file cannot be sent", async () => {
    const { dialog } = await open(17);
    expect(await dialog.findByText(/Rows of files cannot be sent again/)).toBeInTheDocument();
    expect(dialog.queryByRole("textbox")).toBeNull();
    expect(dialog.getByRole("button", { name: "Delete" })).toBeInTheDocument();
  });
});

describe("all at once", () => {
  it("are sent in parts after a question, and what comes back is not sent again", async () => {
    const { user } = await renderConsole(address);
    await user.click(await screen.findByRole("button", { name: "Send all again (3)" }));
    const dialog = within(await screen.findByRole("dialog", { name: "Send 3 events again?" }));
    await user.click(dialog.getByRole("button", { name: "Send again" }));
    expect(await screen.findByText("3 events were sent again.")).toBeInTheDocument();
    expect(sentAgain).toHaveLength(3);
    expect(
      rejects({})
        .filter((row) => row.replayable)
        .map((row) => row.id),
    ).toEqual([5_274, 5_273]);
    expect(await screen.findByRole("button", { name: "Send all again (2)" })).toBeInTheDocument();
  });
});
