import { screen, waitFor, within } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { json } from "@/test/json";
import { renderConsole } from "@/test/render";
import { clearSources, createSource, hearFrom, sourceDetail } from "../../../e2e/mock/sources";

const clipboard = vi.fn(async (_: string) => {});

beforeEach(() => {
  clipboard.mockClear();
});

afterEach(() => {
  vi.useRealTimers();
});

/** After the user-event set-up, which puts a clipboard of its own there. */
function watchClipboard() {
  Object.defineProperty(navigator, "clipboard", { value: { writeText: clipboard }, configurable: true });
}

const problem = (code: string, status: number) =>
  json({ type: "", title: "", status, code, detail: "in detail" }, status);

describe("the list of sources", () => {
  it("says how each is doing", async () => {
    await renderConsole("/sources");
    const row = async (name: string) =>
      within((await screen.findByRole("rowheader", { name })).closest("tr") as HTMLElement);
    const shop = await row("Online shop online-shop");
    for (const text of ["Website", "Live", "37/min", /seconds ago/]) expect(shop.getByText(text)).toBeInTheDocument();
    expect(shop.getByRole("img", { name: /events in the last 30 days/ })).toBeInTheDocument();
    expect((await row("iOS app app")).getByText("No events yet")).toBeInTheDocument();
    expect((await row("收银系统 till")).getByText("2 days ago")).toBeInTheDocument();
    const disabled = await row("ERP erp");
    expect(disabled.getByText("Disabled")).toBeInTheDocument();
    expect(disabled.getByText("–")).toBeInTheDocument();
  });

  it("asks again by itself", async () => {
    await renderConsole("/sources");
    const app = within((await screen.findByRole("rowheader", { name: /iOS app/ })).closest("tr") as HTMLElement);
    expect(app.getByText("Never")).toBeInTheDocument();
    hearFrom("app");
    expect(await app.findByText("Live")).toBeInTheDocument();
  });

  it("says when the numbers are not of now any more", async () => {
    let down = false;
    await renderConsole("/sources", "en", (request) =>
      down && request.url.includes("/sources") ? problem("internal", 500) : undefined,
    );
    await screen.findByRole("rowheader", { name: /Online shop/ });
    expect(screen.queryByText(/may have changed since/)).toBeNull();
    down = true;
    expect(await screen.findByText(/may have changed since/)).toBeInTheDocument();
    expect(screen.getByRole("rowheader", { name: /Online shop/ })).toBeInTheDocument();
  });

  it("teaches where there is nothing yet, in both languages", async () => {
    const { unmount, user } = await renderConsole("/sources");
    clearSources();
    expect(await screen.findByText("See what customers do, as they do it")).toBeInTheDocument();
    expect(screen.getAllByRole("listitem").map((item) => item.textContent)).toContain(
      "Copy its start into your pages or your program.",
    );
    await user.click(screen.getByRole("button", { name: "New source" }));
    expect(await screen.findByRole("dialog", { name: "New source" })).toBeInTheDocument();
    unmount();
    await renderConsole("/sources", "zh-CN");
    clearSources();
    expect(await screen.findByText("在客户行动的同时看到他们的行动")).toBeInTheDocument();
  });
});

describe("a new source", () => {
  it("is made of a name and a kind, and shows how to send", async () => {
    const { user, router } = await renderConsole("/sources");
    await user.click(await screen.findByRole("button", { name: "New source" }));
    const dialog = within(await screen.findByRole("dialog"));
    await user.click(dialog.getByRole("button", { name: "Create source" }));
    const name = dialog.getByRole("textbox", { name: "Name of the source" });
    expect(name).toBeInvalid();
    await user.type(name, "Order desk");
    await user.click(dialog.getByRole("radio", { name: "Server" }));
    await user.click(dialog.getByRole("button", { name: "Create source" }));
    expect(await screen.findByRole("heading", { level: 1, name: "Order desk" })).toBeInTheDocument();
    expect(router.state.location.pathname).toBe("/sources/order-desk");
    expect(screen.getByRole("tab", { name: "Node.js" })).toHaveAttribute("aria-selected", "true");
    expect(screen.getByText("Waiting for the first event. This page notices by itself.")).toBeInTheDocument();
    hearFrom("order-desk");
    expect(await screen.findByText("Events are arriving.")).toBeInTheDocument();
  });

  it("says why it could not be made", async () => {
    const { user } = await renderConsole("/sources", "en", (request) =>
      request.method === "POST" ? problem("unavailable", 503) : undefined,
    );
    await user.click(await screen.findByRole("button", { name: "New source" }));
    await user.type(await screen.findByRole("textbox", { name: "Name of the source" }), "Shop{Enter}");
    expect(await screen.findByRole("alert")).toHaveTextContent("The data are not available right now");
  });
});

describe("a web hook of another system", () => {
  it("shows the address to paste, and keeps the secret to itself", async () => {
    const { user } = await renderConsole("/sources");
    await user.click(await screen.findByRole("button", { name: "New source" }));
    const dialog = within(await screen.findByRole("dialog"));
    await user.type(dialog.getByRole("textbox", { name: "Name of the source" }), "Tea shop");
    expect(dialog.queryByRole("combobox", { name: "Which service?" })).toBeNull();
    await user.click(dialog.getByRole("radio", { name: "Webhook" }));
    await user.selectOptions(dialog.getByRole("combobox", { name: "Which service?" }), "Stripe");
    await user.click(dialog.getByRole("button", { name: "Create source" }));
    expect(await screen.findByRole("heading", { level: 2, name: "Connect Stripe" })).toBeInTheDocument();
    expect(screen.queryByTestId("write-key")).toBeNull();
    watchClipboard();
    await user.click(screen.getByRole("button", { name: "Copy: Address of the webhook" }));
    expect(clipboard.mock.lastCall?.[0]).toMatch(/\/v1\/hooks\/tea-shop$/);
    const secret = screen.getByLabelText("Enter the secret");
    expect(screen.getByText("There is no secret yet: all deliveries are refused.")).toBeInTheDocument();
    expect(screen.getByText(/the source has no secret yet/)).toBeInTheDocument();
    await user.type(secret, "short");
    await user.click(screen.getByRole("button", { name: "Save" }));
    expect(secret).toBeInvalid();
    await user.clear(secret);
    await user.type(secret, "whsec_0123456789abcdef{Enter}");
    expect(await screen.findByText("A secret is entered; it ends in cdef.")).toBeInTheDocument();
    expect(screen.getByLabelText("Enter another secret")).toHaveValue("");
    expect(screen.queryByText(/the source has no secret yet/)).toBeNull();
  });

  it("takes a mapping of one's own, says what is wrong with it, and goes back", async () => {
    let wrong = true;
    const { user } = await renderConsole("/sources", "en", (request) =>
      wrong && request.method === "PATCH" ? problem("invalid_body", 400) : undefined,
    );
    createSource({ name: "Booking", kind: "webhook", hook: { system: "shopify" } });
    await user.click(await screen.findByRole("link", { name: "Booking" }, { timeout: 5_000 }));
    await user.click(await screen.findByRole("link", { name: "Open the mapping" }));
    const mapping = await screen.findByRole("textbox", { name: "Mapping (TOML)" });
    expect(screen.getByText("The mapping that comes with Bellwether is in use.")).toBeInTheDocument();
    expect(screen.getByRole("button", { name: "Save mapping" })).toBeDisabled();
    await user.type(mapping, "# mine");
    await user.click(screen.getByRole("button", { name: "Save mapping" }));
    expect(await screen.findByText("in detail")).toBeInTheDocument();
    wrong = false;
    await user.click(screen.getByRole("button", { name: "Save mapping" }));
    expect(await screen.findByText("A mapping of your own is in use.")).toBeInTheDocument();
    await user.click(screen.getByRole("button", { name: "Use the mapping of Bellwether" }));
    expect(await screen.findByText("The mapping that comes with Bellwether is in use.")).toBeInTheDocument();
  });

  it("shows what the mapping makes of a delivery while both are changed", async () => {
    const { user, router } = await renderConsole("/sources");
    createSource({ name: "Rooms", kind: "webhook", hook: { system: "generic" } });
    await router.navigate({ to: "/sources/$slug/mapping", params: { slug: "rooms" } });
    const becomes = within(
      (await screen.findByRole("heading", { name: "What it becomes" })).closest("section") as HTMLElement,
    );
    expect(await becomes.findByText("booking.confirmed")).toBeInTheDocument();
    expect(becomes.getByText("It becomes 1 event; 0 parts cannot be used.")).toBeInTheDocument();
    const header = screen.getByRole("textbox", { name: "Header x-event" });
    await user.clear(header);
    await user.type(header, "booking.cancelled");
    expect(await becomes.findByText("booking.cancelled")).toBeInTheDocument();
    expect(screen.getByRole("combobox", { name: "Which delivery?" })).toHaveDisplayValue("Your own");
    await user.type(screen.getByRole("textbox", { name: "Body (JSON)" }), "x");
    expect(await becomes.findByText("the body is not JSON")).toBeInTheDocument();
    await user.selectOptions(screen.getByRole("combobox", { name: "Which delivery?" }), "An example");
    expect(await becomes.findByText("8")).toBeInTheDocument();
    const mapping = screen.getByRole("textbox", { name: "Mapping (TOML)" });
    await user.type(mapping, "wrong");
    expect(await screen.findByText("Line 2, column 1: `wrong` is no key")).toBeInTheDocument();
    expect(screen.getByRole("button", { name: "Save mapping" })).toBeDisabled();
    await user.click(screen.getByRole("button", { name: "Guess from the delivery" }));
    await waitFor(() => expect(mapping).toHaveDisplayValue(/guessed from 9 bytes/));
    await user.selectOptions(screen.getByRole("combobox", { name: "Start from" }), "Amazon SES");
    expect(mapping).toHaveDisplayValue(/# SES/);
  });
  it("lets one choose how another service signs", async () => {
    const { user } = await renderConsole("/sources");
    createSource({ name: "Desk", kind: "webhook", hook: { system: "generic" } });
    await user.click(await screen.findByRole("link", { name: "Desk" }, { timeout: 5_000 }));
    await user.selectOptions(
      await screen.findByRole("combobox", { name: "What stands in it" }),
      "The secret itself (token)",
    );
    await user.type(screen.getByLabelText("Enter the secret"), "open sesame{Enter}");
    expect(await screen.findByText("A secret is entered.")).toBeInTheDocument();
    expect(sourceDetail("desk")?.hook).toMatchObject({ signature_scheme: "token", has_secret: true });
    expect(screen.getByText("There is no mapping yet: what comes waits in quarantine.")).toBeInTheDocument();
  });
});

describe("the page of a source", () => {
  it("hides the key until it is asked for, and copies all of it", async () => {
    const { user } = await renderConsole("/sources/online-shop?start=curl");
    watchClipboard();
    const key = sourceDetail("online-shop")?.write_key as string;
    const shown = await screen.findByTestId("write-key");
    expect(document.body.textContent).not.toContain(key);
    await user.click(screen.getByRole("button", { name: "Copy: Write key" }));
    expect(clipboard).toHaveBeenLastCalledWith(key);
    await user.click(screen.getByRole("button", { name: "Copy: Code for curl" }));
    expect(clipboard.mock.lastCall?.[0]).toContain(`--user "${key}:"`);
    await user.click(screen.getByRole("button", { name: "Show the key" }));
    expect(shown).toHaveTextContent(key);
    expect(screen.getByLabelText("Code for curl")).toHaveTextContent(key);
    await user.click(screen.getByRole("button", { name: "Hide the key" }));
    expect(document.body.textContent).not.toContain(key);
  });

  it("says so where the clipboard refuses", async () => {
    const { user } = await renderConsole("/sources/online-shop");
    watchClipboard();
    clipboard.mockRejectedValueOnce(new Error("denied"));
    await user.click(await screen.findByRole("button", { name: "Copy: Write key" }));
    expect(await screen.findByText(/Could not be copied/)).toBeInTheDocument();
  });

  it("replaces the key after a question, and the starts hold the new one", async () => {
    const { user } = await renderConsole("/sources/online-shop?start=python");
    watchClipboard();
    const old = sourceDetail("online-shop")?.write_key as string;
    await user.click(await screen.findByRole("button", { name: "Replace key" }));
    const dialog = within(await screen.findByRole("dialog", { name: "Replace the write key?" }));
    expect(dialog.getByText(/The old key stops at once/)).toBeInTheDocument();
    await user.click(dialog.getByRole("button", { name: "Cancel" }));
    expect(sourceDetail("online-shop")?.write_key).toBe(old);
    await user.click(screen.getByRole("button", { name: "Replace key" }));
    await user.click(within(await screen.findByRole("dialog")).getByRole("button", { name: "Replace key" }));
    expect(await screen.findByText(/The key was replaced/)).toBeInTheDocument();
    const fresh = sourceDetail("online-shop")?.write_key as string;
    expect(fresh).not.toBe(old);
    await user.click(screen.getByRole("button", { name: "Copy: Code for Python" }));
    expect(clipboard.mock.lastCall?.[0]).toContain(fresh);
  });

  it("disables and enables, renames and removes", async () => {
    const { user, router } = await renderConsole("/sources/online-shop");
    await user.click(await screen.findByRole("button", { name: "Disable" }));
    expect(await screen.findByText("This source is disabled: what is sent is refused.")).toBeInTheDocument();
    await user.click(screen.getByRole("button", { name: "Enable" }));
    expect(await screen.findByRole("button", { name: "Disable" })).toBeInTheDocument();

    await user.click(screen.getByRole("button", { name: "More actions" }));
    await user.click(await screen.findByRole("menuitem", { name: "Rename" }));
    const name = await screen.findByRole("textbox", { name: "Name of the source" });
    await user.clear(name);
    await user.type(name, "Shop on the web{Enter}");
    expect(await screen.findByRole("heading", { level: 1, name: "Shop on the web" })).toBeInTheDocument();

    await user.click(screen.getByRole("button", { name: "More actions" }));
    await user.click(await screen.findByRole("menuitem", { name: "Remove" }));
    const dialog = within(await screen.findByRole("dialog", { name: "Remove “Shop on the web”?" }));
    await user.click(dialog.getByRole("button", { name: "Remove" }));
    await waitFor(() => expect(router.state.location.pathname).toBe("/sources"));
    expect(await screen.findByRole("rowheader", { name: /iOS app/ })).toBeInTheDocument();
    expect(screen.queryByRole("rowheader", { name: /Shop on the web/ })).toBeNull();
  });

  it("lists what went wrong, and keeps the start in the address", async () => {
    const { user, router } = await renderConsole("/sources/online-shop", "zh-CN");
    const problems = within(await screen.findByRole("region", { name: "最近的错误" }));
    expect(problems.getAllByRole("listitem")).toHaveLength(2);
    await user.click(screen.getByRole("tab", { name: "Python" }));
    await waitFor(() => expect(router.state.location.search).toEqual({ start: "python" }));
    expect(screen.getByText("pip install segment-analytics-python")).toBeInTheDocument();
  });

  it("says so when there is no such source", async () => {
    await renderConsole("/sources/nothing");
    expect(await screen.findByRole("alert")).toHaveTextContent("This does not exist, or no longer");
  });
});

describe("the palette", () => {
  it("finds sources by name", async () => {
    const { user, router } = await renderConsole("/campaigns");
    await screen.findByRole("heading", { level: 1, name: "Campaigns" });
    await user.keyboard("{Control>}k{/Control}");
    await user.type(await screen.findByRole("textbox", { name: "Search customers and pages" }), "online sh");
    await user.click(await screen.findByText("Online shop"));
    await waitFor(() => expect(router.state.location.pathname).toBe("/sources/online-shop"));
  });
});
