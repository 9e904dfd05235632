import { IconSparkles } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { customerRecommendationsQuery } from "@/api/queries";
import type { RecommendedItem } from "@/api/types";
import { EmptyState } from "@/components/EmptyState";
import { Panel } from "@/components/Panel";
import { QueryState } from "@/components/QueryState";
import { useModelName } from "@/components/useModelName";
import { useFormat } from "@/format/useFormat";
import classes from "./Customer.module.css";

/** What to offer this person, each with its reason. */
export function RecommendationsTab({ id }: { id: string }) {
  const { t } = useTranslation("customers");
  const query = useQuery(customerRecommendationsQuery(id));
  const modelName = useModelName();
  return (
    <QueryState query={query}>
      {({ items, model_kind, currency }) => (
        <Panel
          title={t("recommendations.title")}
          description={model_kind ? t("recommendations.text", { model: modelName(model_kind) }) : undefined}
          flush
        >
          {items.length === 0 ? (
            <EmptyState icon={IconSparkles} title={t("recommendations.empty")} text={t("recommendations.emptyText")} />
          ) : (
            <RecommendationItems items={items} currency={currency} />
          )}
        </Panel>
      )}
    </QueryState>
  );
}

/** A ranked list of products with a reason each. */
export function RecommendationItems({ items, currency }: { items: readonly RecommendedItem[]; currency: string }) {
  const { t } = useTranslation("customers");
  const format = useFormat();
  return (
    <ol className={classes.recommendations}>
      {items.map((item) => (
        <li key={item.product}>
          <span className={classes.rank}>{item.rank}</span>
          <span className={classes.product}>{item.name}</span>
          <span className={classes.price}>{item.price == null ? "" : format.money(item.price, currency)}</span>
          <span className={classes.reason}>
            {item.reason.kind === "because_bought"
              ? t("recommendations.because", { product: item.reason.name })
              : t("recommendations.popular")}
            {" · "}
            {item.category}
          </span>
        </li>
      ))}
    </ol>
  );
}
