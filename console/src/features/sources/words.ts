import { IconDeviceMobile, IconServer, IconWebhook, IconWorld, type TablerIcon } from "@tabler/icons-react";
import type { SourceSummary } from "@/api/types";
import type { Tone } from "@/components/StatusBadge";

/** How often pages with live numbers ask for them, in milliseconds. Nothing is asked while the page is out of sight. */
export const pollEvery = 3_000;

export type Kind = SourceSummary["kind"];
export const kinds: readonly Kind[] = ["website", "server", "mobile", "webhook"];
export const kindIcons: Record<Kind, TablerIcon> = {
  website: IconWorld,
  server: IconServer,
  mobile: IconDeviceMobile,
  webhook: IconWebhook,
};

type Status = SourceSummary["status"];
export const statusTones: Record<Status, Tone> = { live: "good", silent: "warn", never: "info", disabled: "neutral" };

/** Events, and what could not be used, of the days that are shown. */
export function sumOfDays(source: SourceSummary): { events: number; rejected: number } {
  return source.days.reduce(
    (sum, day) => ({ events: sum.events + day.events, rejected: sum.rejected + day.rejected }),
    { events: 0, rejected: 0 },
  );
}
