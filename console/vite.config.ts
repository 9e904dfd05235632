import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import type { PluginOption } from "vite";
import { defineConfig } from "vitest/config";

// `npm run dev` talks to a running server; `BELLWETHER_MOCK=1 npm run dev` answers from the fixtures of the tests.
const server = process.env.BELLWETHER_URL ?? "http://127.0.0.1:7878";

async function mockApi(): Promise<PluginOption> {
  const { mockPlugin } = await import("./e2e/mock/plugin.mjs");
  return mockPlugin();
}

export default defineConfig(async ({ command }) => ({
  plugins: [react(), command === "serve" && process.env.BELLWETHER_MOCK ? await mockApi() : null],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  server: { proxy: { "/api": server } },
  build: { target: "es2022", manifest: true, assetsInlineLimit: 0, chunkSizeWarningLimit: 800 },
  test: {
    css: false,
    testTimeout: 30_000,
    // Only what renders needs a browser's world, which takes a second per file to build.
    projects: [
      { extends: true as const, test: { name: "pure", environment: "node", include: ["src/**/*.test.ts"] } },
      {
        extends: true as const,
        test: {
          name: "rendered",
          environment: "jsdom",
          setupFiles: ["src/test/setup.ts"],
          include: ["src/**/*.test.tsx"],
        },
      },
    ],
  },
}));
