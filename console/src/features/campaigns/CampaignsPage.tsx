import { Anchor, Text } from "@mantine/core";
import { IconSpeakerphone } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { campaignsQuery } from "@/api/queries";
import type { CampaignSummary } from "@/api/types";
import { type Column, DataTable } from "@/components/DataTable";
import { EmptyState } from "@/components/EmptyState";
import { Page } from "@/components/Page";
import { Panel } from "@/components/Panel";
import { PanelSkeleton, QueryState } from "@/components/QueryState";
import { SegmentBadge } from "@/components/SegmentBadge";
import { TwoLines } from "@/components/TwoLines";
import { useFormat, useLocalized } from "@/format/useFormat";
import { CampaignBadge } from "./CampaignBadge";

/** Every campaign, with what became of its audience. */
export function CampaignsPage() {
  const { t } = useTranslation("campaigns");
  const query = useQuery(campaignsQuery());
  return (
    <Page title={t("title")} subtitle={t("subtitle")}>
      <QueryState query={query} skeleton={<PanelSkeleton height={320} />}>
        {(campaigns) => (
          <Panel flush>
            {campaigns.length === 0 ? (
              <EmptyState icon={IconSpeakerphone} title={t("empty.title")} text={t("empty.text")} />
            ) : (
              <CampaignTable campaigns={campaigns} />
            )}
          </Panel>
        )}
      </QueryState>
    </Page>
  );
}

function CampaignTable({ campaigns }: { campaigns: readonly CampaignSummary[] }) {
  const { t } = useTranslation("campaigns");
  const format = useFormat();
  const localized = useLocalized();
  const link = (row: CampaignSummary) => (
    <Anchor
      inherit
      c="inherit"
      fw={600}
      renderRoot={(props) => <Link to="/campaigns/$slug" params={{ slug: row.slug }} {...props} />}
    >
      {localized(row.name)}
    </Anchor>
  );
  const columns: Column<CampaignSummary>[] = [
    {
      key: "name",
      header: t("column.campaign"),
      rowHeader: true,
      cell: (row) => (
        <>
          {link(row)}
          <Text size="xs" c="dimmed" fw={400} maw="60ch">
            {localized(row.goal.description)}
          </Text>
        </>
      ),
    },
    { key: "state", header: t("column.state"), cell: (row) => <CampaignBadge state={row.state.name} /> },
    {
      key: "audience",
      header: t("column.audience"),
      cell: (row) => (row.audience ? <SegmentBadge segment={row.audience} /> : "–"),
    },
    { key: "send", header: t("decision.send"), end: true, cell: (row) => format.number(row.decisions.send) },
    { key: "hold", header: t("decision.hold_out"), end: true, cell: (row) => format.number(row.decisions.hold_out) },
    {
      key: "skip",
      header: t("decision.skipped"),
      end: true,
      cell: ({ decisions }) => format.number(decisions.no_address + decisions.suppressed + decisions.duplicate_address),
    },
    { key: "handed", header: t("column.handedOver"), end: true, cell: (row) => format.number(row.ledger.handed_over) },
  ];
  return (
    <DataTable
      caption={t("title")}
      columns={columns}
      rows={campaigns}
      rowKey={(row) => row.id}
      linked
      card={(row) => (
        <TwoLines
          title={link(row)}
          end={<CampaignBadge state={row.state.name} />}
          text={row.audience ? localized(row.audience.name) : t("audience.gone")}
          note={t("sentOf", { sent: format.number(row.ledger.handed_over), total: format.number(row.decisions.total) })}
        />
      )}
    />
  );
}
