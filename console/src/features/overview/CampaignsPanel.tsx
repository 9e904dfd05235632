import { Anchor } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { campaignsQuery } from "@/api/queries";
import type { Overview } from "@/api/types";
import { Panel } from "@/components/Panel";
import { TwoLines } from "@/components/TwoLines";
import { CampaignBadge } from "@/features/campaigns/CampaignBadge";
import { useFormat, useLocalized } from "@/format/useFormat";
import classes from "./Overview.module.css";

/** The campaigns in short; nothing where there are none. */
export function CampaignsPanel({ overview }: { overview: Overview }) {
  const { t } = useTranslation("overview");
  const format = useFormat();
  const localized = useLocalized();
  const query = useQuery({ ...campaignsQuery(), enabled: overview.campaigns > 0 });
  if (!query.data || query.data.length === 0) return null;
  return (
    <Panel title={t("campaigns.title")}>
      <ul className={classes.campaigns}>
        {query.data.map((campaign) => (
          <li key={campaign.id}>
            <TwoLines
              title={
                <Anchor
                  inherit
                  renderRoot={(props) => <Link to="/campaigns/$slug" params={{ slug: campaign.slug }} {...props} />}
                >
                  {localized(campaign.name)}
                </Anchor>
              }
              end={<CampaignBadge state={campaign.state.name} />}
              text={campaign.audience ? localized(campaign.audience.name) : ""}
              note={t("campaigns.sent", {
                count: campaign.ledger.handed_over,
                held: format.number(campaign.decisions.hold_out),
              })}
            />
          </li>
        ))}
      </ul>
    </Panel>
  );
}
