import { screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { json } from "@/test/json";
import { renderConsole, renderIn, serveFixtures } from "@/test/render";
import { Gate } from "./Gate";

describe("the console", () => {
  it("keeps search, order and page in the address", async () => {
    const { user, router } = await renderConsole("/customers?page=2");
    expect(await screen.findByText("26–50 of 4,372")).toBeInTheDocument();
    await user.type(screen.getByRole("searchbox", { name: "Search number, e-mail, country" }), "germany");
    await waitFor(() => expect(router.state.location.search).toEqual({ q: "germany" }));
    expect(await screen.findByText(/customers match/)).toBeInTheDocument();
    await user.click(screen.getByRole("button", { name: "Orders" }));
    await waitFor(() => expect(router.state.location.search).toMatchObject({ sort: "orders", descending: true }));
  });

  it("says in plain words what an experiment found", async () => {
    await renderConsole("/experiments/open-bandit-women");
    expect(
      await screen.findByText(/No difference can be told from chance: random 46 of 10,000 .* bts 46 of 10,000/),
    ).toBeInTheDocument();
    expect(screen.getByText(/356,642 people per arm for a difference of 10%/)).toBeInTheDocument();
    const table = screen.getByRole("table", { name: "Exposures per arm needed" });
    expect(within(table).getByText("93,419")).toBeInTheDocument();
  });

  it("labels the backtest as observed before it shows a number", async () => {
    await renderConsole("/backtest", "zh-CN");
    expect(await screen.findByRole("note")).toHaveTextContent("观察所得，并非因果。");
  });

  it("shows a message in a frame that may do nothing", async () => {
    await renderConsole("/campaigns/win-back?tab=content");
    const frame = await screen.findByTitle(/Preview of the message/);
    expect(frame).toHaveAttribute("sandbox", "");
    expect(frame.getAttribute("srcdoc")).toContain("It has been a while");
  });

  it("says so when there is no such page, customer or segment", async () => {
    const { unmount } = await renderConsole("/nowhere");
    expect(await screen.findByRole("heading", { level: 1, name: "This page does not exist" })).toBeInTheDocument();
    unmount();
    await renderConsole("/customers/prf_unknown");
    expect(await screen.findByRole("alert")).toHaveTextContent("This does not exist, or no longer");
  });

  it("moves the focus to the heading when the page changes", async () => {
    const { user } = await renderConsole("/campaigns");
    await user.click(await screen.findByRole("link", { name: "Experiments" }));
    await waitFor(() => expect(screen.getByRole("heading", { level: 1, name: "Experiments" })).toHaveFocus());
    expect(document.title).toBe("Experiments · Bellwether");
  });
});

describe("the gate", () => {
  it("asks for the password, says when it is wrong, and opens when it is right", async () => {
    serveFixtures((request) => {
      if (!request.url.endsWith("/api/v1/session")) return undefined;
      if (request.method === "GET") return json({ password_required: true, signed_in: false });
      tries += 1;
      return tries === 1
        ? json({ type: "", title: "", status: 401, code: "wrong_password", detail: "" }, 401)
        : json({ password_required: true, signed_in: true });
    });
    let tries = 0;
    const { user } = await renderIn(
      "en",
      <Gate>
        <p>inside</p>
      </Gate>,
    );
    const password = await screen.findByLabelText("Password");
    await user.click(screen.getByRole("button", { name: "Sign in" }));
    expect(password).toHaveAccessibleDescription("Enter the password.");
    await user.type(password, "guess{Enter}");
    await waitFor(() => expect(password).toHaveAccessibleDescription("This is not the right password"));
    expect(screen.queryByText("inside")).toBeNull();
    await user.type(password, "better{Enter}");
    expect(await screen.findByText("inside")).toBeInTheDocument();
  });

  it("comes back when a change is refused because the session has ended", async () => {
    let signedIn = true;
    const { user } = await renderConsole("/quality?tab=quarantine&row=5272", "en", (request) => {
      if (request.url.endsWith("/session")) return json({ password_required: true, signed_in: signedIn });
      if (request.method !== "POST") return undefined;
      signedIn = false;
      return json({ code: "sign_in_required", detail: "" }, 401);
    });
    await user.click(await screen.findByRole("button", { name: "Send again as it came" }));
    expect(await screen.findByRole("button", { name: "Sign in" })).toBeInTheDocument();
  });

  it("says when the server cannot be reached, and tries again", async () => {
    let down = true;
    serveFixtures((request) => (down && request.url.endsWith("/session") ? Response.error() : undefined));
    const { user } = await renderIn(
      "en",
      <Gate>
        <p>inside</p>
      </Gate>,
    );
    expect(await screen.findByRole("alert")).toBeInTheDocument();
    down = false;
    await user.click(screen.getByRole("button", { name: "Try again" }));
    expect(await screen.findByText("inside")).toBeInTheDocument();
  });
});
