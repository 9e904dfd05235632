import { Anchor, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { CampaignDetail } from "@/api/types";
import { Facts } from "@/components/Facts";
import { Panel } from "@/components/Panel";
import { useFormat, useLocalized } from "@/format/useFormat";
import classes from "./Campaign.module.css";
import { WhyPanel } from "./WhyPanel";

const choices = [
  { key: "send", color: "var(--chart-1)" },
  { key: "hold_out", color: "var(--chart-4)" },
  { key: "no_address", color: "var(--chart-3)" },
  { key: "suppressed", color: "var(--chart-5)" },
  { key: "duplicate_address", color: "var(--chart-6)" },
] as const;

/** Whom the campaign is for, and what was decided about each of them. */
export function AudienceTab({ detail }: { detail: CampaignDetail }) {
  return (
    <div className={classes.columns}>
      <Decisions detail={detail} />
      <div style={{ display: "grid", gap: 16 }}>
        <Goal detail={detail} />
        <WhyPanel slug={detail.campaign.slug} />
      </div>
    </div>
  );
}

function Decisions({ detail }: { detail: CampaignDetail }) {
  const { t } = useTranslation("campaigns");
  const format = useFormat();
  const { decisions } = detail.campaign;
  if (decisions.total === 0) {
    return (
      <Panel title={t("decision.title")}>
        <Text size="sm" c="dimmed">
          {t("decision.none")}
        </Text>
      </Panel>
    );
  }
  return (
    <Panel
      title={t("decision.title")}
      description={t("decision.text", { count: decisions.total, shown: format.number(decisions.total) })}
    >
      <div className={classes.stack} aria-hidden>
        {choices
          .filter(({ key }) => decisions[key] > 0)
          .map(({ key, color }) => (
            <span key={key} style={{ flexGrow: decisions[key], background: color }} />
          ))}
      </div>
      <ul className={classes.legend}>
        {choices.map(({ key, color }) => (
          <li key={key}>
            <i style={{ background: color }} />
            <span>
              {t(`decision.${key}`)}
              <small>{t(`decisionText.${key}`)}</small>
            </span>
            <span className={classes.count}>{format.number(decisions[key])}</span>
            <span className={classes.share}>{format.percent(decisions[key] / decisions.total)}</span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function Goal({ detail: { campaign } }: { detail: CampaignDetail }) {
  const { t, i18n } = useTranslation("campaigns");
  const format = useFormat();
  const localized = useLocalized();
  const { audience } = campaign;
  const known = `event.${campaign.goal.event}` as "event.Order Completed";
  return (
    <Panel title={t("goal.title")} description={localized(campaign.goal.description)}>
      <Facts
        facts={[
          { label: t("goal.event"), value: i18n.exists(`campaigns:${known}`) ? t(known) : campaign.goal.event },
          { label: t("goal.within"), value: format.days(campaign.goal.within_days) },
          {
            label: t("goal.segment"),
            value: audience ? (
              <Anchor renderRoot={(props) => <Link to="/segments/$slug" params={{ slug: audience.slug }} {...props} />}>
                {localized(audience.name)}
              </Anchor>
            ) : (
              t("audience.gone")
            ),
          },
          { label: t("goal.holdout"), value: format.percent(campaign.holdout_per_10_000 / 10_000) },
          { label: t("goal.channel"), value: t(`channel.${campaign.channel === "smtp" ? "smtp" : "outbox"}`) },
          { label: t("goal.version"), value: format.number(campaign.version) },
          ...(campaign.state.at
            ? [
                {
                  label: t(`at.${campaign.state.name === "running" ? "running" : "completed"}`),
                  value: format.dateTime(campaign.state.at),
                },
              ]
            : []),
        ]}
      />
    </Panel>
  );
}
