import { Anchor, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { decisionQuery } from "@/api/queries";
import { CustomerSelect } from "@/components/CustomerSelect";
import { Facts } from "@/components/Facts";
import { MessageStateBadge } from "@/components/MessageStateBadge";
import { Panel } from "@/components/Panel";
import { QueryState } from "@/components/QueryState";
import { useFormat } from "@/format/useFormat";

const route = getRouteApi("/campaigns/$slug");

/** Why did this person get it, and that one not? Always has an answer. */
export function WhyPanel({ slug }: { slug: string }) {
  const { t } = useTranslation("campaigns");
  const { customer } = route.useSearch();
  const navigate = route.useNavigate();
  return (
    <Panel title={t("why.title")} description={t("why.text")}>
      <CustomerSelect
        label={t("why.pick")}
        onPick={(id) =>
          void navigate({ search: (old) => ({ ...old, customer: id }), replace: true, resetScroll: false })
        }
      />
      {customer && <Answer slug={slug} customer={customer} />}
    </Panel>
  );
}

function Answer({ slug, customer }: { slug: string; customer: string }) {
  const { t } = useTranslation("campaigns");
  const format = useFormat();
  const query = useQuery(decisionQuery(slug, customer));
  return (
    <div aria-live="polite" style={{ marginTop: 14 }}>
      <QueryState query={query}>
        {(decision) => (
          <>
            <Text size="sm" mb={6}>
              <Anchor
                fw={600}
                inherit
                renderRoot={(props) => <Link to="/customers/$id" params={{ id: decision.customer.id }} {...props} />}
              >
                {decision.customer.user_id}
              </Anchor>{" "}
              {t(`whyChoice.${decision.choice}`)}
            </Text>
            <Facts
              facts={[
                {
                  label: t("why.inAudience"),
                  value: t(decision.in_audience_now ? "why.yes" : "why.no"),
                },
                ...(decision.send_probability == null
                  ? []
                  : [{ label: t("why.chance"), value: format.percent(decision.send_probability) }]),
                ...(decision.decided_at ? [{ label: t("why.at"), value: format.dateTime(decision.decided_at) }] : []),
                ...(decision.message
                  ? [{ label: t("why.message"), value: <MessageStateBadge state={decision.message.state} /> }]
                  : []),
              ]}
            />
          </>
        )}
      </QueryState>
    </div>
  );
}
