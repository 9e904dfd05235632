import { Group, Select, Text } from "@mantine/core";
import { IconShieldCheck } from "@tabler/icons-react";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { rejectsQuery } from "@/api/queries";
import type { Quality, RejectRow } from "@/api/types";
import { type Column, DataTable } from "@/components/DataTable";
import { EmptyState } from "@/components/EmptyState";
import { Pager } from "@/components/Pager";
import { Panel } from "@/components/Panel";
import { QueryState } from "@/components/QueryState";
import { StatusBadge } from "@/components/StatusBadge";
import { useFormat } from "@/format/useFormat";
import classes from "./Quality.module.css";

const route = getRouteApi("/quality");
const pageSize = 25;

/** The rows that could not be used: where, why, what to do, and the row as it came. */
export function Quarantine({ quality }: { quality: Quality }) {
  const { t } = useTranslation("quality");
  const format = useFormat();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const page = (search.page ?? 1) - 1;
  const reasons = [...new Set(quality.rejects.map((row) => row.reason))];
  const sources = [...new Set(quality.rejects.map((row) => row.source))];
  const reason = reasons.find((name) => name === search.reason);
  const query = useQuery({
    ...rejectsQuery({ reason, source: search.source, page, page_size: pageSize }),
    placeholderData: keepPreviousData,
  });
  const change = (next: { reason?: string; source?: string }) =>
    void navigate({ search: (old) => ({ ...old, page: undefined, ...next }), resetScroll: false });
  const count = (name: string) =>
    format.number(quality.rejects.filter((row) => row.reason === name).reduce((sum, row) => sum + row.rows, 0));
  return (
    <Panel title={t("quarantine.title")} description={t("quarantine.text")} flush>
      {quality.rejects.length > 0 && (
        <Group gap="sm" px={18} pb={12} pt={4}>
          <Select
            aria-label={t("quarantine.reason")}
            placeholder={t("quarantine.reason")}
            data={reasons.map((value) => ({ value, label: `${t(`reason.${value}`)} (${count(value)})` }))}
            value={reason ?? null}
            onChange={(value) => change({ reason: value ?? undefined })}
            clearable
            clearButtonProps={{ "aria-label": t("quarantine.clearReason") }}
            w={280}
          />
          {sources.length > 1 && (
            <Select
              aria-label={t("quarantine.source")}
              placeholder={t("quarantine.source")}
              data={sources}
              value={search.source ?? null}
              onChange={(value) => change({ source: value ?? undefined })}
              clearable
              clearButtonProps={{ "aria-label": t("quarantine.clearSource") }}
              w={220}
            />
          )}
        </Group>
      )}
      <QueryState query={query}>
        {(data) =>
          data.total === 0 ? (
            <EmptyState icon={IconShieldCheck} title={t("quarantine.empty")} text={t("quarantine.emptyText")} />
          ) : (
            <>
              <Rejects rows={data.rows} stale={query.isPlaceholderData} />
              <Pager
                label={t("quarantine.pages")}
                page={page}
                pageSize={pageSize}
                total={data.total}
                onPage={(next) =>
                  void navigate({
                    search: (old) => ({ ...old, page: next === 0 ? undefined : next + 1 }),
                    resetScroll: false,
                  })
                }
              />
            </>
          )
        }
      </QueryState>
    </Panel>
  );
}

function Rejects({ rows, stale }: { rows: readonly RejectRow[]; stale: boolean }) {
  const { t } = useTranslation("quality");
  const format = useFormat();
  const where = (row: RejectRow) =>
    [row.source, row.line == null ? null : t("quarantine.line", { line: format.number(row.line) }), row.field]
      .filter(Boolean)
      .join(" · ");
  const columns: Column<RejectRow>[] = [
    { key: "where", header: t("quarantine.where"), cell: where },
    {
      key: "reason",
      header: t("quarantine.why"),
      cell: (row) => <StatusBadge tone="warn">{t(`reason.${row.reason}`)}</StatusBadge>,
    },
    {
      key: "detail",
      header: t("quarantine.detail"),
      cell: (row) => (
        <Text size="sm" maw="56ch" lang="en">
          {row.detail}
        </Text>
      ),
    },
    {
      key: "content",
      header: t("quarantine.content"),
      cell: (row) => <code className={classes.content}>{row.content}</code>,
    },
  ];
  return (
    <DataTable
      caption={t("quarantine.title")}
      columns={columns}
      rows={rows}
      rowKey={(row) => `${row.source}/${row.line}/${row.reason}/${row.field}/${row.content.length}`}
      stale={stale}
      card={(row) => (
        <div style={{ display: "grid", gap: 6, fontSize: 13.5 }}>
          <div style={{ display: "flex", justifyContent: "space-between", gap: 12 }}>
            <b>{where(row)}</b>
            <StatusBadge tone="warn">{t(`reason.${row.reason}`)}</StatusBadge>
          </div>
          <span lang="en">{row.detail}</span>
          <code className={classes.content}>{row.content}</code>
        </div>
      )}
    />
  );
}
