import { describe, expect, it } from "vitest";
import { starts } from "@/app/search";
import { isLoopback, masked, snippet } from "./snippets";

const key = "0123456789abcdef0123456789abcdef";
const sender = { origin: "https://bellwether.example:8443", key, currency: "CNY" };

describe("starts", () => {
  it("hold the address, the key and the shop's currency", () => {
    for (const start of starts) {
      const { code } = snippet(start, sender);
      expect(code, start).toContain("bellwether.example:8443");
      expect(code, start).toContain(key);
      expect(code, start).toContain("CNY");
    }
  });

  it("give the browser SDK a host and a protocol apart, as it wants them", () => {
    const secure = snippet("analytics-next", sender).code;
    expect(secure).toContain('apiHost: "bellwether.example:8443/v1", protocol: "https"');
    const plain = snippet("analytics-next", { ...sender, origin: "http://127.0.0.1:4180" }).code;
    expect(plain).toContain('apiHost: "127.0.0.1:4180/v1", protocol: "http"');
  });

  it("are valid where they can be read here", () => {
    const { code } = snippet("curl", sender);
    const body = JSON.parse(code.slice(code.indexOf("'") + 1, code.lastIndexOf("'")));
    expect(body).toMatchObject({ userId: "user-1", event: "Order Completed", properties: { currency: "CNY" } });
    expect(code).toContain(`--user "${key}:"`);
    const script = snippet("browser", sender).code.split("<script>")[1]?.replace("</script>", "") ?? "";
    const page: { bellwether?: unknown[][] } = {};
    new Function("window", "bellwether", script.replace("window.bellwether = window.bellwether || [];", ""))(page, {
      push: (call: unknown[]) => {
        page.bellwether = [...(page.bellwether ?? []), call];
      },
    });
    expect(page.bellwether?.map((call) => call[0])).toEqual(["identify", "track"]);
  });
});

describe("keys", () => {
  it("are shown by their end", () => {
    expect(masked(key)).toBe(`${"•".repeat(28)}cdef`);
    expect(masked("abc")).toBe("abc");
  });
});

describe("addresses", () => {
  it("of this machine are known", () => {
    for (const own of ["http://127.0.0.1:4180", "http://localhost:5173", "http://[::1]:4180", "https://a.localhost"]) {
      expect(isLoopback(own), own).toBe(true);
    }
    for (const other of ["https://bellwether.example", "http://192.168.0.7:4180", "https://127.example.org"]) {
      expect(isLoopback(other), other).toBe(false);
    }
  });
});
