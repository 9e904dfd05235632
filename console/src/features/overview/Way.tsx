import { Anchor } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { FunnelStep, Overview } from "@/api/types";
import { Panel } from "@/components/Panel";
import { useFormat } from "@/format/useFormat";
import classes from "./Overview.module.css";

const pageOf = {
  collected: "/quality",
  clean: "/quality",
  identified: "/customers",
  recommended: "/recommendations",
  targeted: "/campaigns",
  sent: "/campaigns",
  ordered_again: "/backtest",
} as const satisfies Record<FunnelStep["step"], string>;

const colorOf = {
  events: "var(--chart-6)",
  customers: "var(--chart-1)",
  messages: "var(--chart-2)",
} as const satisfies Record<FunnelStep["unit"], string>;

/** What was left after each step, from the first event to those who bought again. Each step leads to its page. */
export function Way({ overview }: { overview: Overview }) {
  const { t } = useTranslation("overview");
  const format = useFormat();
  // Events and people are not parts of each other: a bar is measured against the first step that counts the same.
  const firsts = new Map<string, number>();
  for (const step of overview.funnel) {
    const kind = step.unit === "events" ? "events" : "people";
    if (!firsts.has(kind)) firsts.set(kind, step.count);
  }
  return (
    <Panel title={t("way.title")} description={t("way.text")}>
      <ol className={classes.way}>
        {overview.funnel.map((step) => {
          const first = firsts.get(step.unit === "events" ? "events" : "people") ?? 0;
          const share = first > 0 ? Math.min(1, step.count / first) : 0;
          return (
            <li key={step.step}>
              <div className={classes.line}>
                <Anchor
                  inherit
                  c="inherit"
                  size="sm"
                  renderRoot={(props) => <Link to={pageOf[step.step]} {...props} />}
                >
                  {t(`way.step.${step.step}`)}
                </Anchor>
                <span className={classes.count}>
                  {format.number(step.count)} <span className={classes.unit}>{t(`way.unit.${step.unit}`)}</span>
                </span>
              </div>
              <div className={classes.track} aria-hidden>
                <div className={classes.fill} style={{ width: `${share * 100}%`, background: colorOf[step.unit] }} />
              </div>
            </li>
          );
        })}
      </ol>
    </Panel>
  );
}
