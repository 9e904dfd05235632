import { Button, Group, Select } from "@mantine/core";
import { IconUserSearch } from "@tabler/icons-react";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { countriesQuery, customersQuery, segmentsQuery } from "@/api/queries";
import type { CustomerSort, CustomersSearch } from "@/app/search";
import { EmptyState } from "@/components/EmptyState";
import { Page } from "@/components/Page";
import { Pager } from "@/components/Pager";
import { Panel } from "@/components/Panel";
import { PanelSkeleton, QueryState } from "@/components/QueryState";
import { SearchInput } from "@/components/SearchInput";
import { useFormat, useLocalized } from "@/format/useFormat";
import classes from "./Customers.module.css";
import { CustomerTable } from "./CustomerTable";

const route = getRouteApi("/customers");
const pageSize = 25;

/** Search, filter, sort, and page through all. What is asked for stands in the address. */
export function CustomersPage() {
  const { t } = useTranslation("customers");
  const format = useFormat();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const page = (search.page ?? 1) - 1;
  const query = useQuery({
    ...customersQuery({
      q: search.q,
      segment: search.segment,
      country: search.country,
      sort: search.sort ?? "net_revenue",
      descending: search.descending ?? (search.sort === undefined || undefined),
      page,
      page_size: pageSize,
    }),
    placeholderData: keepPreviousData,
  });
  // Another question starts on its first page; only a question to come back to belongs into the history.
  const change = (next: Partial<CustomersSearch>, replace = false) =>
    void navigate({ search: (old) => ({ ...old, page: undefined, ...next }), replace });
  const filtered = Boolean(search.q || search.segment || search.country);
  return (
    <Page
      title={t("title")}
      subtitle={query.data ? t(filtered ? "matching" : "all", { count: query.data.total }) : " "}
    >
      <Panel flush>
        <Filters search={search} change={change} />
        <QueryState query={query} skeleton={<PanelSkeleton height={520} />}>
          {(data) =>
            data.total === 0 ? (
              <Nothing
                filtered={filtered}
                clear={() => change({ q: undefined, segment: undefined, country: undefined })}
              />
            ) : (
              <>
                <CustomerTable
                  caption={t("caption", { total: format.number(data.total) })}
                  rows={data.rows}
                  currency={data.currency}
                  stale={query.isPlaceholderData}
                  sort={{
                    key: search.sort ?? "net_revenue",
                    descending: search.descending ?? search.sort === undefined,
                  }}
                  onSort={({ key, descending }) => change({ sort: key as CustomerSort, descending })}
                />
                <Pager
                  label={t("pages")}
                  page={page}
                  pageSize={pageSize}
                  total={data.total}
                  onPage={(next) => change({ page: next === 0 ? undefined : next + 1 })}
                />
              </>
            )
          }
        </QueryState>
      </Panel>
    </Page>
  );
}

function Filters(props: {
  search: CustomersSearch;
  change: (next: Partial<CustomersSearch>, replace?: boolean) => void;
}) {
  const { search, change } = props;
  const { t } = useTranslation("customers");
  const format = useFormat();
  const localized = useLocalized();
  const segments = useQuery(segmentsQuery());
  const countries = useQuery(countriesQuery());
  const groups = (["rfm", "cluster"] as const).map((kind) => ({
    group: t(`filter.${kind}`),
    items: (segments.data ?? [])
      .filter((segment) => segment.kind === kind)
      .map((segment) => ({
        value: segment.slug,
        label: `${localized(segment.name)} (${format.number(segment.size)})`,
      })),
  }));
  return (
    <Group gap="sm" px={{ base: 14, sm: 18 }} pt={6} pb={12} role="search" aria-label={t("filter.label")}>
      <SearchInput
        aria-label={t("filter.search")}
        placeholder={t("filter.search")}
        value={search.q ?? ""}
        onSearch={(q) => change({ q: q || undefined }, true)}
        className={classes.search}
      />
      <Select
        aria-label={t("filter.segment")}
        placeholder={t("filter.segment")}
        data={groups}
        value={search.segment ?? null}
        onChange={(segment) => change({ segment: segment ?? undefined })}
        clearable
        clearButtonProps={{ "aria-label": t("filter.clearSegment") }}
        searchable
        className={classes.filter}
      />
      <Select
        aria-label={t("filter.country")}
        placeholder={t("filter.country")}
        data={(countries.data ?? []).map((row) => ({
          value: row.country,
          label: `${row.country} (${format.number(row.customers)})`,
        }))}
        value={search.country ?? null}
        onChange={(country) => change({ country: country ?? undefined })}
        clearable
        clearButtonProps={{ "aria-label": t("filter.clearCountry") }}
        searchable
        className={classes.filter}
      />
    </Group>
  );
}

function Nothing({ filtered, clear }: { filtered: boolean; clear: () => void }) {
  const { t } = useTranslation("customers");
  if (!filtered) return <EmptyState icon={IconUserSearch} title={t("empty.title")} text={t("empty.text")} />;
  return (
    <EmptyState
      icon={IconUserSearch}
      title={t("noMatch.title")}
      text={t("noMatch.text")}
      action={
        <Button variant="default" mt="sm" onClick={clear}>
          {t("noMatch.clear")}
        </Button>
      }
    />
  );
}
