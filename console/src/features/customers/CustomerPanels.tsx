import { Anchor, Stack, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { Customer } from "@/api/types";
import { Facts } from "@/components/Facts";
import { Panel } from "@/components/Panel";
import { segmentTone } from "@/components/SegmentBadge";
import { StatusBadge } from "@/components/StatusBadge";
import { useFormat, useLocalized } from "@/format/useFormat";

/** Which segments the person is in, and what that means. */
export function SegmentsPanel({ segments }: { segments: Customer["segments"] }) {
  const { t } = useTranslation("customers");
  const { t: common } = useTranslation();
  const localized = useLocalized();
  if (segments.length === 0) return null;
  return (
    <Panel title={t("one.segments")}>
      <Stack gap="sm">
        {segments.map((segment) => (
          <div key={segment.slug}>
            <Anchor
              fw={600}
              size="sm"
              renderRoot={(props) => <Link to="/segments/$slug" params={{ slug: segment.slug }} {...props} />}
            >
              {localized(segment.name)}
            </Anchor>{" "}
            <StatusBadge tone={segmentTone(segment)}>{common(`segmentKind.${segment.kind}`)}</StatusBadge>
            <Text size="sm" c="dimmed" mt={2}>
              {localized(segment.description)}
            </Text>
          </div>
        ))}
      </Stack>
    </Panel>
  );
}

/** What is known of the person, as the source says it. */
export function CustomerFactsPanel({ customer }: { customer: Customer }) {
  const { t, i18n } = useTranslation("customers");
  const format = useFormat();
  const { features, commerce, currency } = customer;
  const traits = Object.entries(customer.traits).map(([key, value]) => {
    const known = `trait.${key}` as "trait.country";
    return { label: i18n.exists(`customers:${known}`) ? t(known) : key, value: String(value) };
  });
  const facts = [
    ...traits,
    { label: t("fact.firstSeen"), value: format.date(customer.first_seen) },
    { label: t("fact.lastSeen"), value: format.date(customer.last_seen) },
    { label: t("fact.events"), value: format.number(customer.events) },
    { label: t("fact.refunded"), value: format.money(commerce.refunded, currency) },
    { label: t("fact.fees"), value: format.money(commerce.fees, currency) },
    ...(features?.days_between_orders == null
      ? []
      : [{ label: t("fact.daysBetween"), value: format.days(Math.round(features.days_between_orders)) }]),
  ];
  return (
    <Panel title={t("one.facts")}>
      <Facts facts={facts} />
    </Panel>
  );
}
