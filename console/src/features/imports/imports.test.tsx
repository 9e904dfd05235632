import { act, screen, waitFor, within } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { json } from "@/test/json";
import { type Respond, renderConsole } from "@/test/render";
import { resetUploads } from "../../../e2e/mock/imports";

const toMap = "/imports/upl_00000000000000000000000000000001";
const done = "/imports/upl_00000000000000000000000000000002";
const failed = "/imports/upl_00000000000000000000000000000003";

beforeEach(() => {
  resetUploads();
  sessionStorage.clear();
});

afterEach(() => sessionStorage.clear());

const editor = () => screen.findByRole("textbox", { name: /Mapping/ }) as Promise<HTMLTextAreaElement>;
const rows = () => within(screen.getByRole("table", { name: /what they become/ })).getAllByRole("row");

describe("the list of files", () => {
  it("says where each stands", async () => {
    await renderConsole("/imports");
    const row = async (name: string) =>
      within((await screen.findByRole("link", { name })).closest("tr") as HTMLElement);
    expect((await row("订单.csv")).getByText("To be mapped")).toBeInTheDocument();
    expect((await row("till-october.csv.gz")).getByText("120,480")).toBeInTheDocument();
    expect((await row("leads.csv")).getByText("Failed")).toBeInTheDocument();
  });

  it("refuses what is too large before it is sent", async () => {
    const { user } = await renderConsole("/imports");
    const file = new File(["x"], "large.csv");
    Object.defineProperty(file, "size", { value: 9_000_000_000 });
    await screen.findByRole("button", { name: "Choose a file" });
    await user.upload(document.querySelector("input[type=file]") as HTMLInputElement, file);
    const alert = await screen.findByRole("alert");
    expect(within(alert).getByText(/9 GB, and 8 GB are the most/)).toBeInTheDocument();
  });
});

/** An upload that a test holds in its hand. */
class FakeUpload {
  static last: FakeUpload;
  upload: { onprogress?: (event: object) => void } = {};
  onload?: () => void;
  onabort?: () => void;
  status = 0;
  responseText = "";
  aborted = false;
  constructor() {
    FakeUpload.last = this;
  }
  open() {}
  setRequestHeader() {}
  send() {}
  abort() {
    this.aborted = true;
    this.onabort?.();
  }
  answer(status: number, body: object) {
    Object.assign(this, { status, responseText: JSON.stringify(body) });
    act(() => this.onload?.());
  }
}

describe("a file that is being sent", () => {
  const begin = async (respond?: Respond) => {
    vi.stubGlobal("XMLHttpRequest", FakeUpload);
    const console = await renderConsole("/imports", "en", respond);
    await screen.findByRole("button", { name: "Choose a file" });
    await console.user.upload(
      document.querySelector("input[type=file]") as HTMLInputElement,
      new File(["x"], "large.csv"),
    );
    await screen.findByText("Sending large.csv");
    return console;
  };
  const asked = () => screen.findByRole("dialog", { name: "Stop sending large.csv?" });

  it("is not given up by leaving the page without a question", async () => {
    const { user, router } = await begin();
    await user.click(screen.getByRole("link", { name: "Stores" }));
    await user.click(within(await asked()).getByRole("button", { name: "Cancel" }));
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    expect([router.state.location.pathname, FakeUpload.last.aborted]).toEqual(["/imports", false]);
    await user.click(screen.getByRole("link", { name: "Stores" }));
    await user.click(within(await asked()).getByRole("button", { name: "Leave the page" }));
    await waitFor(() => expect(router.state.location.pathname).toBe("/stores"));
    await waitFor(() => expect(FakeUpload.last.aborted).toBe(true));
  });

  it("leads on without a question when it is there", async () => {
    const { router } = await begin();
    FakeUpload.last.answer(201, { id: toMap.split("/").at(-1) });
    await waitFor(() => expect(router.state.location.pathname).toBe(toMap));
  });

  it("leads to the sign-in page when the session has ended", async () => {
    let signedIn = true;
    await begin((request) =>
      request.url.endsWith("/session") ? json({ password_required: true, signed_in: signedIn }) : undefined,
    );
    signedIn = false;
    FakeUpload.last.answer(401, { code: "sign_in_required", detail: "" });
    expect(await screen.findByRole("button", { name: "Sign in" })).toBeInTheDocument();
  });
});

describe("a file to be mapped", () => {
  it("shows what it seems to be, the guess, and what comes of it", async () => {
    await renderConsole(toMap);
    expect((await editor()).value).toContain('order = "订单号"');
    expect(screen.getByText("GB18030")).toBeInTheDocument();
    await screen.findByRole("table", { name: /what they become/ });
    expect(screen.getByText(/4 rows become 2 events; 1 cannot be used/)).toBeInTheDocument();
    const wrong = within(rows()[3] as HTMLElement).getByText("三");
    const why = document.getElementById(wrong.getAttribute("aria-describedby") ?? "");
    expect(why).toHaveTextContent("Not a number");
    expect(why).toHaveTextContent("is not a whole number");
  });

  it("says where a mapping is wrong, and leads there", async () => {
    const { user } = await renderConsole(toMap);
    const area = await editor();
    await screen.findByRole("table", { name: /what they become/ });
    await user.clear(area);
    await user.click(area);
    await user.paste('# one\n# two\nkynd = "orders"\n');
    expect(await screen.findByText(/^Line 3, column 1/)).toBeInTheDocument();
    expect(area).toHaveAttribute("aria-invalid", "true");
    expect(screen.getByRole("button", { name: "Start the import" })).toBeDisabled();
    await user.click(screen.getByRole("button", { name: "Go to line 3" }));
    expect(area).toHaveFocus();
    expect(area.value.slice(area.selectionStart, area.selectionEnd)).toBe('kynd = "orders"');
  });

  it("starts from a mapping that is known by name, and keeps what was written", async () => {
    const { user, unmount } = await renderConsole(toMap);
    await editor();
    await user.click(screen.getByRole("combobox", { name: "Start from" }));
    await user.click(await screen.findByRole("option", { name: "Weibo: interactions" }));
    expect((await editor()).value).toContain('source = "weibo"');
    unmount();
    await renderConsole(toMap);
    expect((await editor()).value).toContain('source = "weibo"');
  });

  it("starts, shows how far it is, and can be stopped", async () => {
    const { user } = await renderConsole(toMap);
    const button = await screen.findByRole("button", { name: "Start the import" });
    await waitFor(() => expect(button).toBeEnabled());
    await user.click(button);
    expect(await screen.findByText("48,200")).toBeInTheDocument();
    expect(screen.getByText("41.7% of 48.2 MB")).not.toHaveAttribute("role");
    expect(screen.getByText(/^40% of/)).toHaveAttribute("role", "status");
    expect(screen.getByRole("progressbar")).toHaveAttribute("aria-valuenow", String((20_110_000 / 48_213_004) * 100));
    await user.click(screen.getByRole("button", { name: "Stop the import" }));
    await user.click(within(await screen.findByRole("dialog")).getByRole("button", { name: "Stop the import" }));
    expect(await screen.findByText("The import was stopped")).toBeInTheDocument();
    expect(screen.getByText(/182,500 rows were read until then, and what they became stays/)).toBeInTheDocument();
  });
});

describe("a file that was imported", () => {
  it("leads to the customers and to what could not be used", async () => {
    await renderConsole(done);
    expect(await screen.findByRole("link", { name: "See the customers" })).toHaveAttribute("href", "/customers");
    expect(screen.getByRole("link", { name: "See what could not be used" })).toHaveAttribute(
      "href",
      "/quality?tab=quarantine&source=tills&behind=4&upTo=21",
    );
  });

  it("says why it gave up", async () => {
    await renderConsole(failed, "zh-CN");
    expect(await screen.findByText("导入失败")).toBeInTheDocument();
    expect(screen.getByText(/none of its 310 rows can be used/)).toHaveAttribute("lang", "en");
  });

  it("does not promise to go on behind rows of which nothing is in", async () => {
    await renderConsole(failed);
    expect(await screen.findByText(/310 rows were read until then, and nothing of them is in/)).toBeInTheDocument();
    expect(await screen.findByText(/stopped before anything was in/)).toBeInTheDocument();
    expect(screen.getByRole("button", { name: "Start the import" })).toBeInTheDocument();
  });

  it("teaches where nothing was ever given", async () => {
    resetUploads(true);
    await renderConsole("/imports", "en", (request) =>
      request.url.endsWith("/imports")
        ? new Response("[]", { headers: { "content-type": "application/json" } })
        : undefined,
    );
    expect(await screen.findByText(/A mapping says what its columns mean/)).toBeInTheDocument();
  });
});
