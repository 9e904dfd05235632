import { useDebouncedValue } from "@mantine/hooks";
import { Spotlight, spotlight } from "@mantine/spotlight";
import { IconFilter, IconPlugConnected, IconSearch, IconSpeakerphone, IconUser } from "@tabler/icons-react";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { campaignsQuery, customersQuery, segmentsQuery, sourcesQuery } from "@/api/queries";
import { useFormat, useLocalized } from "@/format/useFormat";
import { pages } from "./navigation";

/** Ctrl+K: pages, segments, campaigns and sources by name, customers by number, e-mail or country. */
export function Palette() {
  const { t } = useTranslation("shell");
  const [query, setQuery] = useState("");
  return (
    <Spotlight.Root
      query={query}
      onQueryChange={setQuery}
      clearQueryOnClose
      scrollable
      maxHeight={420}
      shortcut={["mod + K"]}
      attributes={{ content: { "aria-label": t("palette.label") } }}
    >
      <Spotlight.Search
        placeholder={t("palette.placeholder")}
        aria-label={t("palette.label")}
        leftSection={<IconSearch size={18} aria-hidden />}
      />
      <Spotlight.ActionsList>
        <Results query={query.trim()} />
      </Spotlight.ActionsList>
    </Spotlight.Root>
  );
}

function Results({ query }: { query: string }) {
  const { t } = useTranslation("shell");
  const navigate = useNavigate();
  const matches = useMatches(query);
  const go = (to: string, search?: object) => {
    spotlight.close();
    void navigate({ to, search: search as never });
  };
  if (matches.empty) {
    return (
      <Spotlight.Empty>{matches.waiting ? t("palette.searching") : t("palette.nothing", { query })}</Spotlight.Empty>
    );
  }
  return (
    <>
      {matches.pages.length > 0 && (
        <Spotlight.ActionsGroup label={t("palette.pages")}>
          {matches.pages.map(({ to, label, icon: Icon }) => (
            <Spotlight.Action
              key={to}
              label={t(`page.${label}`)}
              leftSection={<Icon size={18} aria-hidden />}
              onClick={() => go(to)}
            />
          ))}
        </Spotlight.ActionsGroup>
      )}
      {matches.named.length > 0 && (
        <Spotlight.ActionsGroup
          label={[t("palette.segments"), t("palette.campaigns"), t("palette.sources")].join(" · ")}
        >
          {matches.named.map(({ to, name, icon: Icon }) => (
            <Spotlight.Action
              key={to}
              label={name}
              leftSection={<Icon size={18} aria-hidden />}
              onClick={() => go(to)}
            />
          ))}
        </Spotlight.ActionsGroup>
      )}
      {matches.customers.length > 0 && (
        <Spotlight.ActionsGroup label={t("palette.customers")}>
          {matches.customers.map((customer) => (
            <Spotlight.Action
              key={customer.id}
              label={customer.user_id}
              description={customer.description}
              leftSection={<IconUser size={18} aria-hidden />}
              onClick={() => go(`/customers/${customer.id}`)}
            />
          ))}
          <Spotlight.Action
            label={t("palette.all", { query })}
            leftSection={<IconSearch size={18} aria-hidden />}
            onClick={() => go("/customers", { q: query })}
          />
        </Spotlight.ActionsGroup>
      )}
    </>
  );
}

function useMatches(query: string) {
  const { t } = useTranslation("shell");
  const format = useFormat();
  const localized = useLocalized();
  const [settled] = useDebouncedValue(query, 200);
  const enabled = settled.length > 0;
  const customers = useQuery({
    ...customersQuery({ q: settled, page_size: 6 }),
    enabled,
    placeholderData: keepPreviousData,
  });
  const segments = useQuery({ ...segmentsQuery(), enabled });
  const campaigns = useQuery({ ...campaignsQuery(), enabled });
  const sources = useQuery({ ...sourcesQuery(), enabled });
  const holds = (text: string) => text.toLowerCase().includes(query.toLowerCase());
  const named = !query
    ? []
    : [
        ...(segments.data ?? []).map((segment) => ({
          to: `/segments/${segment.slug}`,
          name: localized(segment.name),
          icon: IconFilter,
        })),
        ...(campaigns.data ?? []).map((campaign) => ({
          to: `/campaigns/${campaign.slug}`,
          name: localized(campaign.name),
          icon: IconSpeakerphone,
        })),
        ...(sources.data?.sources ?? []).map((source) => ({
          to: `/sources/${source.slug}`,
          name: source.name,
          icon: IconPlugConnected,
        })),
      ].filter((entry) => holds(entry.name));
  const currency = customers.data?.currency ?? "";
  const found = query && customers.data ? customers.data.rows : [];
  const matches = {
    pages: pages.filter((page) => holds(t(`page.${page.label}`))),
    named: named.slice(0, 5),
    customers: found.map((row) => ({
      id: row.id,
      user_id: row.user_id,
      description: [row.country, format.money(row.net_revenue, currency)].filter(Boolean).join(" · "),
    })),
    waiting: enabled && customers.isFetching,
    empty: false,
  };
  matches.empty = matches.pages.length + matches.named.length + matches.customers.length === 0;
  return matches;
}
