import { Anchor, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { Backtest, BacktestCampaign } from "@/api/types";
import { type Column, DataTable } from "@/components/DataTable";
import { Panel } from "@/components/Panel";
import { useFormat, useLocalized } from "@/format/useFormat";
import classes from "./Experiments.module.css";

const groups = [
  { key: "chosen", color: "var(--chart-1)" },
  { key: "random", color: "var(--chart-3)" },
  { key: "rest", color: "var(--chart-6)" },
] as const;

/** Each audience against a random choice of the same size, and against everybody else. */
export function BacktestAudiences({ backtest }: { backtest: Backtest }) {
  const { t } = useTranslation("experiments");
  const format = useFormat();
  const localized = useLocalized();
  const top = Math.max(
    ...backtest.campaigns.flatMap((row) =>
      groups.map(({ key }) => row[key].response_rate_high || row[key].response_rate),
    ),
    0.01,
  );
  const name = (row: BacktestCampaign) => (
    <>
      <Anchor
        inherit
        c="inherit"
        fw={600}
        renderRoot={(props) => <Link to="/campaigns/$slug" params={{ slug: row.slug }} {...props} />}
      >
        {localized(row.name)}
      </Anchor>
      <Text size="xs" c="dimmed" fw={400}>
        {t("backtest.people", { count: row.chosen.customers, shown: format.number(row.chosen.customers) })}
      </Text>
    </>
  );
  const lift = (row: BacktestCampaign) => (row.lift == null ? "–" : `${format.decimal(row.lift, 2)}×`);
  const columns: Column<BacktestCampaign>[] = [
    { key: "name", header: t("backtest.audience"), cell: name },
    { key: "rates", header: t("backtest.rate"), width: "42%", cell: (row) => <Rates row={row} top={top} /> },
    { key: "lift", header: t("backtest.lift"), end: true, cell: lift },
    {
      key: "revenue",
      header: t("backtest.revenue"),
      end: true,
      cell: (row) => format.money(row.chosen.revenue, backtest.currency),
    },
    {
      key: "per",
      header: t("backtest.revenuePer"),
      end: true,
      cell: (row) => (
        <>
          {format.money(row.chosen.revenue_per_customer, backtest.currency)}
          <Text component="span" display="block" size="xs" c="dimmed">
            {t("backtest.perRandom", { amount: format.money(row.random.revenue_per_customer, backtest.currency) })}
          </Text>
        </>
      ),
    },
  ];
  return (
    <Panel title={t("backtest.audiences")} description={t("backtest.audiencesText")} flush>
      <DataTable
        caption={t("backtest.audiences")}
        columns={columns}
        rows={backtest.campaigns}
        rowKey={(row) => row.slug}
        card={(row) => (
          <div style={{ display: "grid", gap: 10 }}>
            <div style={{ display: "flex", justifyContent: "space-between", gap: 12 }}>
              <div>{name(row)}</div>
              <b style={{ whiteSpace: "nowrap" }}>{lift(row)}</b>
            </div>
            <Rates row={row} top={top} />
          </div>
        )}
      />
    </Panel>
  );
}

function Rates({ row, top }: { row: BacktestCampaign; top: number }) {
  const { t } = useTranslation("experiments");
  const format = useFormat();
  const at = (rate: number) => `${(rate / top) * 100}%`;
  return (
    <div className={classes.groups}>
      {groups.map(({ key, color }) => {
        const group = row[key];
        const between = t("between", {
          low: format.percent(group.response_rate_low),
          high: format.percent(group.response_rate_high),
        });
        return (
          <div key={key} className={classes.group}>
            <span>{t(`backtest.group.${key}`)}</span>
            <span className={classes.rate} aria-hidden title={between}>
              <span className={classes.rateFill} style={{ width: at(group.response_rate), background: color }} />
              <span
                className={classes.rateInterval}
                style={{
                  left: at(group.response_rate_low),
                  width: at(group.response_rate_high - group.response_rate_low),
                }}
              />
            </span>
            <span className={classes.groupValue}>
              {format.percent(group.response_rate)}
              <span className="bw-hidden"> {between}</span>
            </span>
          </div>
        );
      })}
    </div>
  );
}
