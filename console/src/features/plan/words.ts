import type { Tone } from "@/components/StatusBadge";

export const modes = ["watch", "flag", "reject"] as const;
export type Mode = (typeof modes)[number];

export const modeTone: Record<Mode, Tone> = { watch: "neutral", flag: "warn", reject: "bad" };

/** A schema that says nothing yet, to begin with. */
export const beginning = '{\n  "type": "object",\n  "required": [],\n  "properties": {}\n}';

/** JSON as people read it. */
export const setOutValue = (value: unknown): string => JSON.stringify(value, null, 2);
