import { Anchor } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { Overview } from "@/api/types";
import { Bars } from "@/components/Bars";
import { Panel } from "@/components/Panel";
import { useFormat } from "@/format/useFormat";

/** Where the revenue comes from. */
export function Countries({ overview }: { overview: Overview }) {
  const { t } = useTranslation("overview");
  const format = useFormat();
  const bars = [...overview.top_countries]
    .sort((a, b) => b.net_revenue - a.net_revenue)
    .map((row) => ({
      key: row.country,
      label: (
        <Anchor
          inherit
          c="inherit"
          size="sm"
          renderRoot={(props) => <Link to="/customers" search={{ country: row.country }} {...props} />}
        >
          {row.country}
        </Anchor>
      ),
      value: row.net_revenue,
      text: format.money(row.net_revenue, overview.currency, { compact: true }),
      note: `· ${t("countries.customers", { count: row.customers })}`,
    }));
  return (
    <Panel title={t("countries.title")} description={t("countries.text")}>
      <Bars label={t("countries.title")} bars={bars} />
    </Panel>
  );
}
