import type { PluginOption } from "vite";

export function mockPlugin(): PluginOption;
