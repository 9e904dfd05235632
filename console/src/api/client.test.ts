import { afterEach, expect, it, vi } from "vitest";
import { json } from "@/test/json";
import { api, take } from "./client";
import { ApiError } from "./errors";

const problem = { type: "urn:bellwether:problem:not_found", title: "Not Found", status: 404, code: "not_found" };

afterEach(() => {
  vi.unstubAllGlobals();
});

function answerWith(respond: () => Response) {
  vi.stubGlobal("fetch", async () => respond());
}

it("gives the body of a good answer", async () => {
  answerWith(() => json([{ country: "France", customers: 87 }]));
  await expect(take(api.GET("/api/v1/customers/countries"))).resolves.toEqual([{ country: "France", customers: 87 }]);
});

it("throws the problem of a bad one", async () => {
  answerWith(() => json({ ...problem, detail: "there is no customer `x`" }, 404));
  const error = await take(api.GET("/api/v1/overview")).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ApiError);
  expect(error).toMatchObject({ status: 404, code: "not_found", detail: "there is no customer `x`" });
});

it("does not trust an error page of somebody in between", async () => {
  answerWith(() => new Response("<h1>Bad gateway</h1>", { status: 502 }));
  await expect(take(api.GET("/api/v1/overview"))).rejects.toMatchObject({ status: 502, code: "unexpected" });
});

it("says when nobody answers", async () => {
  vi.stubGlobal("fetch", async () => {
    throw new TypeError("Failed to fetch");
  });
  await expect(take(api.GET("/api/v1/overview"))).rejects.toMatchObject({ status: 0, code: "offline" });
});
