import { Anchor, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { customerQuery, customerRecommendationsQuery, customersQuery } from "@/api/queries";
import { CustomerSelect } from "@/components/CustomerSelect";
import { Panel } from "@/components/Panel";
import { QueryState } from "@/components/QueryState";
import { RecommendationItems } from "@/features/customers/RecommendationsTab";

const route = getRouteApi("/recommendations");

/** One customer's list with its reasons; the best customer's where nobody was picked. */
export function CustomerPicker() {
  const { t } = useTranslation("recommendations");
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const best = useQuery({ ...customersQuery({ page_size: 1, sort: "net_revenue", descending: true }) });
  const id = search.customer ?? best.data?.rows[0]?.id;
  return (
    <Panel title={t("picker.title")} description={t("picker.text")} flush>
      <div style={{ padding: "4px 18px 10px" }}>
        <CustomerSelect
          label={t("picker.label")}
          onPick={(customer) => void navigate({ search: { customer }, replace: true, resetScroll: false })}
        />
      </div>
      {id && <ListOf id={id} />}
    </Panel>
  );
}

function ListOf({ id }: { id: string }) {
  const { t } = useTranslation("recommendations");
  const customer = useQuery(customerQuery(id));
  const list = useQuery(customerRecommendationsQuery(id));
  return (
    <>
      {customer.data && (
        <Text size="sm" px={18} pb={4}>
          {t("picker.for")}{" "}
          <Anchor fw={600} renderRoot={(props) => <Link to="/customers/$id" params={{ id }} {...props} />}>
            {customer.data.user_id}
          </Anchor>
        </Text>
      )}
      <QueryState query={list}>
        {({ items, currency }) =>
          items.length === 0 ? (
            <Text size="sm" c="dimmed" p={18}>
              {t("picker.none")}
            </Text>
          ) : (
            <RecommendationItems items={items} currency={currency} />
          )
        }
      </QueryState>
    </>
  );
}
