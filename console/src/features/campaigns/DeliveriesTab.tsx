import { Anchor, SegmentedControl, Stack, Text, ThemeIcon } from "@mantine/core";
import { IconAlertTriangle, IconCheck, IconMailOff } from "@tabler/icons-react";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { campaignMessagesQuery } from "@/api/queries";
import type { CampaignDetail, MessageRow } from "@/api/types";
import { type Column, DataTable, useIsPhone } from "@/components/DataTable";
import { EmptyState } from "@/components/EmptyState";
import { MessageStateBadge } from "@/components/MessageStateBadge";
import { Pager } from "@/components/Pager";
import { Panel } from "@/components/Panel";
import { QueryState } from "@/components/QueryState";
import { TwoLines } from "@/components/TwoLines";
import { useFormat } from "@/format/useFormat";
import classes from "./Campaign.module.css";

const route = getRouteApi("/campaigns/$slug");
const states = ["reserved", "handed_over", "failed", "unknown"] as const;
const pageSize = 25;

/** The send ledger: every message with where it stands, and whether the counts agree with what was decided. */
export function DeliveriesTab({ detail }: { detail: CampaignDetail }) {
  return (
    <Stack gap="md">
      <ReconciliationPanel detail={detail} />
      <Ledger detail={detail} />
    </Stack>
  );
}

function ReconciliationPanel({ detail: { reconciliation: sums, campaign } }: { detail: CampaignDetail }) {
  const { t } = useTranslation("campaigns");
  const format = useFormat();
  const Icon = sums.reconciles ? IconCheck : IconAlertTriangle;
  const parts = [
    `${t("ledger.decided")} ${format.number(sums.decided)}`,
    `${t("ledger.messages")} ${format.number(sums.messages)}`,
    `${t("ledger.ended")} ${format.number(sums.ended)}`,
  ];
  return (
    <Panel>
      <div className={classes.reconciled}>
        <ThemeIcon variant="light" color={sums.reconciles ? "teal" : "orange"} size={38} radius="xl">
          <Icon size={20} aria-hidden />
        </ThemeIcon>
        <div>
          <Text fw={650}>{t(sums.reconciles ? "ledger.reconciles" : "ledger.doesNot")}</Text>
          <Text size="sm" c="dimmed">
            {t("ledger.text", { version: campaign.version })}
          </Text>
          <div className={classes.equation}>
            {parts.map((part, index) => (
              <span key={part}>
                {index > 0 && <span aria-hidden>{sums.reconciles ? "= " : "· "}</span>}
                {part}
              </span>
            ))}
          </div>
        </div>
      </div>
    </Panel>
  );
}

function Ledger({ detail: { campaign } }: { detail: CampaignDetail }) {
  const { t } = useTranslation("campaigns");
  const { t: common } = useTranslation();
  const format = useFormat();
  const phone = useIsPhone();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const state = states.find((name) => name === search.state);
  const page = (search.page ?? 1) - 1;
  const query = useQuery({
    ...campaignMessagesQuery(campaign.slug, { state, page, page_size: pageSize }),
    placeholderData: keepPreviousData,
  });
  const options = [
    { value: "all", label: `${t("ledger.all")} ${format.number(campaign.ledger.total)}` },
    ...states.map((name) => ({
      value: name,
      label: `${common(`messageState.${name}`)} ${format.number(campaign.ledger[name])}`,
    })),
  ];
  return (
    <Panel title={t("ledger.title")} flush>
      <div style={{ padding: "4px 18px 12px", overflowX: "auto" }}>
        <SegmentedControl
          size="xs"
          orientation={phone ? "vertical" : "horizontal"}
          fullWidth={phone}
          aria-label={t("ledger.filter")}
          value={state ?? "all"}
          data={options}
          onChange={(value) =>
            void navigate({
              search: (old) => ({ ...old, state: value === "all" ? undefined : value, page: undefined }),
              replace: true,
              resetScroll: false,
            })
          }
        />
      </div>
      <QueryState query={query}>
        {(data) =>
          data.total === 0 ? (
            <EmptyState icon={IconMailOff} title={t("ledger.empty")} text={t("ledger.emptyText")} />
          ) : (
            <>
              <Messages rows={data.rows} stale={query.isPlaceholderData} />
              <Pager
                label={t("ledger.pages")}
                page={page}
                pageSize={pageSize}
                total={data.total}
                onPage={(next) =>
                  void navigate({
                    search: (old) => ({ ...old, page: next === 0 ? undefined : next + 1 }),
                    resetScroll: false,
                  })
                }
              />
            </>
          )
        }
      </QueryState>
    </Panel>
  );
}

function Messages({ rows, stale }: { rows: readonly MessageRow[]; stale: boolean }) {
  const { t } = useTranslation("campaigns");
  const format = useFormat();
  const link = (row: MessageRow) => (
    <Anchor
      inherit
      c="inherit"
      fw={600}
      renderRoot={(props) => (
        <Link to="/customers/$id" params={{ id: row.customer.id }} search={{ tab: "messages" }} {...props} />
      )}
    >
      {row.customer.user_id}
    </Anchor>
  );
  const columns: Column<MessageRow>[] = [
    { key: "customer", header: t("ledger.customer"), rowHeader: true, cell: link },
    { key: "address", header: t("ledger.address"), cell: (row) => row.address },
    { key: "state", header: t("ledger.state"), cell: (row) => <MessageStateBadge state={row.state} /> },
    { key: "at", header: t("ledger.at"), cell: (row) => format.dateTime(row.at) },
    {
      key: "receipt",
      header: t("ledger.receipt"),
      cell: (row) => (
        <Text size="xs" c={row.error ? "var(--mantine-color-error)" : "dimmed"} style={{ overflowWrap: "anywhere" }}>
          {row.error ?? row.receipt ?? "–"}
        </Text>
      ),
    },
  ];
  return (
    <DataTable
      caption={t("ledger.title")}
      columns={columns}
      rows={rows}
      rowKey={(row) => row.id}
      linked
      stale={stale}
      card={(row) => (
        <TwoLines
          title={link(row)}
          end={<MessageStateBadge state={row.state} />}
          text={row.error ?? row.address}
          note={format.date(row.at)}
        />
      )}
    />
  );
}
