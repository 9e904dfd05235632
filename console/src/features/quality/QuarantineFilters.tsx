import { Button, Group, Select } from "@mantine/core";
import { IconX } from "@tabler/icons-react";
import { getRouteApi } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { RejectFilter } from "@/api/quarantine";
import type { Quality } from "@/api/types";
import { SearchInput } from "@/components/SearchInput";
import { useFormat } from "@/format/useFormat";

const route = getRouteApi("/quality");

/** Words, a reason, a source. What is chosen stands in the address. */
export function QuarantineFilters({ quality, filter }: { quality: Quality; filter: RejectFilter }) {
  const { t } = useTranslation("quality");
  const format = useFormat();
  const navigate = route.useNavigate();
  // What is chosen stays, also when the last row of it has gone.
  const reasons = withChosen(
    quality.rejects.map((row) => row.reason),
    filter.reason,
  );
  const sources = withChosen(
    quality.rejects.map((row) => row.source),
    filter.source,
  );
  const ofOneImport = filter.behind !== undefined || filter.up_to !== undefined;
  const change = (next: {
    q?: string;
    reason?: RejectFilter["reason"];
    source?: string;
    behind?: number;
    upTo?: number;
  }) => void navigate({ search: (old) => ({ ...old, page: undefined, ...next }), resetScroll: false });
  const count = (name: string) =>
    format.number(quality.rejects.filter((row) => row.reason === name).reduce((sum, row) => sum + row.rows, 0));
  return (
    <Group gap="sm" px={18} pb={12} pt={4}>
      <SearchInput
        aria-label={t("quarantine.search")}
        placeholder={t("quarantine.search")}
        value={filter.q ?? ""}
        onSearch={(q) => change({ q: q || undefined })}
        maxLength={200}
        w={280}
      />
      <Select
        aria-label={t("quarantine.reason")}
        placeholder={t("quarantine.reason")}
        data={reasons.map((value) => ({ value, label: `${t(`reason.${value}`)} (${count(value)})` }))}
        value={filter.reason ?? null}
        onChange={(value) => change({ reason: reasons.find((name) => name === value) })}
        clearable
        clearButtonProps={{ "aria-label": t("quarantine.clearReason") }}
        w={240}
      />
      {(sources.length > 1 || filter.source) && (
        <Select
          aria-label={t("quarantine.source")}
          placeholder={t("quarantine.source")}
          data={sources}
          value={filter.source ?? null}
          onChange={(value) => change({ source: value ?? undefined })}
          clearable
          clearButtonProps={{ "aria-label": t("quarantine.clearSource") }}
          w={200}
        />
      )}
      {ofOneImport && (
        <Button
          variant="light"
          rightSection={<IconX size={14} aria-hidden />}
          onClick={() => change({ behind: undefined, upTo: undefined })}
          aria-label={t("quarantine.clearImport")}
        >
          {t("quarantine.ofOneImport")}
        </Button>
      )}
    </Group>
  );
}

const withChosen = <T,>(there: T[], chosen: T | null | undefined): T[] => [
  ...new Set(chosen == null ? there : [...there, chosen]),
];
