import { act, screen, waitFor, within } from "@testing-library/react";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { json } from "@/test/json";
import { type Respond, renderConsole } from "@/test/render";
import { liveEvent } from "../../../e2e/mock/live";

/** A connection that a test holds in its hand. */
class FakeSource {
  static all: FakeSource[] = [];
  onopen?: () => void;
  onmessage?: (message: { data: string }) => void;
  onerror?: () => void;
  closed = false;
  readonly url: string;
  private heard = new Map<string, (message: { data: string }) => void>();

  constructor(url: string) {
    this.url = url;
    FakeSource.all.push(this);
  }

  addEventListener(kind: string, listener: (message: { data: string }) => void) {
    this.heard.set(kind, listener);
  }

  close() {
    this.closed = true;
  }

  send(...events: object[]) {
    act(() => {
      for (const event of events) this.onmessage?.({ data: JSON.stringify(event) });
    });
  }

  tell(kind: "more" | "skipped", number: number) {
    act(() => this.heard.get(kind)?.({ data: String(number) }));
  }
}

const newest = () => FakeSource.all.at(-1) as FakeSource;
const open = () => act(() => newest().onopen?.());

beforeEach(() => {
  FakeSource.all = [];
  vi.stubGlobal("EventSource", FakeSource);
});

async function page(address = "/live", language: "en" | "zh-CN" = "en", respond?: Respond) {
  vi.stubGlobal("EventSource", FakeSource);
  const console = await renderConsole(address, language, respond);
  await screen.findByRole("heading", { level: 1 });
  return console;
}

describe("live events", () => {
  it("are shown as they arrive, and opened with the whole event", async () => {
    const { user } = await page();
    expect(screen.getByText("Connecting…")).toBeInTheDocument();
    open();
    expect(screen.getByText("Live")).toBeInTheDocument();
    const problem = { path: "/price", rule: "type", message: "no number" };
    newest().send(liveEvent(1), liveEvent(2, { bot_probability: 0.94, plan_problems: [problem] }));
    const list = await screen.findByRole("list", { name: "Live events" });
    await waitFor(() => expect(within(list).getAllByRole("listitem")).toHaveLength(2));
    const rows = within(list).getAllByRole("button");
    expect(rows[0]).toHaveTextContent(/Product Viewedc-2online-shopOff plan94.0% bot/);
    expect(rows[1]).not.toHaveTextContent("bot");
    await user.click(rows[0] as HTMLElement);
    expect(rows[0]).toHaveAttribute("aria-expanded", "true");
    expect(await screen.findByRole("group", { name: "The whole event Product Viewed" })).toHaveTextContent("sku-2");
    newest().tell("skipped", 3);
    expect(screen.getByText(/3 batches of events came too fast/)).toBeInTheDocument();
    newest().tell("more", 98);
    expect(await screen.findByText("10 per second")).toBeInTheDocument();
  });

  it("are held still without losing anything", async () => {
    const { user } = await page();
    open();
    newest().send(liveEvent(1));
    await screen.findByText("c-1");
    await user.click(screen.getByRole("button", { name: "Pause" }));
    expect(screen.getByText("Paused")).toBeInTheDocument();
    newest().send(liveEvent(2), liveEvent(3));
    const waiting = await screen.findByRole("button", { name: "Show 2 new events" });
    expect(screen.queryByText("c-2")).toBeNull();
    await user.click(waiting);
    expect(await screen.findByText("c-3")).toBeInTheDocument();
    expect(screen.getByText("c-1")).toBeInTheDocument();
    await user.click(screen.getByRole("button", { name: "Clear the list" }));
    expect(screen.getByText("Waiting for events")).toBeInTheDocument();
  });

  it("are filtered by the server, and what stands there already by the page", async () => {
    const { user, router } = await page("/live?kind=track");
    expect(newest().url).toBe("/api/v1/events/live?kind=track");
    open();
    newest().send(liveEvent(1), liveEvent(2));
    await screen.findByText("c-2");
    await user.type(screen.getByRole("searchbox", { name: "Search in events" }), "sku-2");
    await waitFor(() => expect(screen.queryByText("c-1")).toBeNull());
    expect(screen.getByText("c-2")).toBeInTheDocument();
    expect(router.state.location.search).toEqual({ kind: "track", q: "sku-2" });
    expect(newest().url).toBe("/api/v1/events/live?kind=track&q=sku-2");
    expect(FakeSource.all.filter((source) => !source.closed)).toHaveLength(1);
  });

  it("that came by another filter are not added behind the new one", async () => {
    const { router } = await page();
    open();
    newest().send(liveEvent(1), liveEvent(2));
    await act(() => router.navigate({ to: "/live", search: { q: "sku-2" } }));
    expect(await screen.findByText("c-2")).toBeInTheDocument();
    await act(() => new Promise((done) => setTimeout(done, 300)));
    expect(screen.queryByText("c-1")).toBeNull();
  });

  it("lead to the sign-in page when the session has ended", async () => {
    let signedIn = true;
    await page("/live", "en", (request) =>
      request.url.endsWith("/session") ? json({ password_required: true, signed_in: signedIn }) : undefined,
    );
    open();
    signedIn = false;
    act(() => newest().onerror?.());
    expect(await screen.findByRole("button", { name: "Sign in" })).toBeInTheDocument();
  });

  it("come again after the connection was lost", async () => {
    const { user, unmount } = await page("/live", "zh-CN");
    open();
    const lost = newest();
    act(() => lost.onerror?.());
    expect(lost.closed).toBe(true);
    expect(screen.getByText("连接中断，正在重试")).toBeInTheDocument();
    await user.click(screen.getByRole("button", { name: "立即连接" }));
    expect(newest()).not.toBe(lost);
    open();
    expect(screen.getByText("实时")).toBeInTheDocument();
    unmount();
    expect(newest().closed).toBe(true);
  });

  it("are not read aloud before somebody asks for it", async () => {
    const { user } = await page();
    open();
    const region = document.querySelector("main [aria-live]");
    expect(region).toHaveAttribute("aria-live", "off");
    await user.click(screen.getByRole("switch", { name: "Announce new events" }));
    expect(region).toHaveAttribute("aria-live", "polite");
  });
});
