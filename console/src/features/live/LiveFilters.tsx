import { Select } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { sourcesQuery } from "@/api/queries";
import { kinds } from "@/app/search";
import { SearchInput } from "@/components/SearchInput";
import classes from "./Live.module.css";
import type { LiveFilter } from "./liveList";

const route = getRouteApi("/live");

/** A source, a type, a name, a text. What is chosen stands in the address. */
export function LiveFilters({ filter }: { filter: LiveFilter }) {
  const { t } = useTranslation("live");
  const navigate = route.useNavigate();
  const sources = useQuery(sourcesQuery());
  const slugs = new Set(sources.data?.sources.map((source) => source.slug));
  if (filter.source) slugs.add(filter.source);
  const change = (next: LiveFilter) =>
    void navigate({ search: (old) => ({ ...old, ...next }) as never, replace: true, resetScroll: false });
  return (
    <div className={classes.filters}>
      <SearchInput
        aria-label={t("filter.q")}
        placeholder={t("filter.q")}
        value={filter.q ?? ""}
        onSearch={(q) => change({ q: q || undefined })}
        maxLength={200}
      />
      <SearchInput
        aria-label={t("filter.event")}
        placeholder={t("filter.event")}
        value={filter.event ?? ""}
        onSearch={(event) => change({ event: event || undefined })}
        maxLength={200}
      />
      <Select
        aria-label={t("filter.kind")}
        placeholder={t("filter.kind")}
        data={[...kinds]}
        value={filter.kind ?? null}
        onChange={(kind) => change({ kind: kind ?? undefined })}
        clearable
        clearButtonProps={{ "aria-label": t("filter.clearKind") }}
      />
      <Select
        aria-label={t("filter.source")}
        placeholder={t("filter.source")}
        data={[...slugs]}
        value={filter.source ?? null}
        onChange={(source) => change({ source: source ?? undefined })}
        clearable
        clearButtonProps={{ "aria-label": t("filter.clearSource") }}
      />
    </div>
  );
}
