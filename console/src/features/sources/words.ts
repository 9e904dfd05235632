import { IconDeviceMobile, IconServer, IconWebhook, IconWorld, type TablerIcon } from "@tabler/icons-react";
import type { HookDetail, SourceSummary } from "@/api/types";
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

export type HookSystem = HookDetail["system"];
export const systems: readonly HookSystem[] = ["shopify", "woocommerce", "stripe", "generic"];
/** What systems are called, in every language; the last one has no name of its own. */
const systemNames: Partial<Record<HookSystem, string>> = {
  shopify: "Shopify",
  woocommerce: "WooCommerce",
  stripe: "Stripe",
};
export const systemName = (system: HookSystem, generic: string) => systemNames[system] ?? generic;
export type Scheme = NonNullable<HookDetail["signature_scheme"]>;
export const schemes: readonly Scheme[] = ["hmac_sha256_hex", "hmac_sha256_base64", "token"];

type Status = SourceSummary["status"];
export const statusTones: Record<Status, Tone> = { live: "good", silent: "warn", never: "info", disabled: "neutral" };

/** Events, and what could not be used, of the days that are shown. */
export function sumOfDays(source: SourceSummary): { events: number; rejected: number } {
  return source.days.reduce(
    (sum, day) => ({ events: sum.events + day.events, rejected: sum.rejected + day.rejected }),
    { events: 0, rejected: 0 },
  );
}

/** Mail services by the short names of their mappings. */
const services: Record<string, string> = {
  mailgun: "Mailgun",
  postmark: "Postmark",
  sendgrid: "SendGrid",
  ses: "Amazon SES",
};

/** What a service is called in every language. */
export const serviceName = (mapping: string) => services[mapping] ?? mapping;
