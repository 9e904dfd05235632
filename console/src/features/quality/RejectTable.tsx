import { Anchor, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { RejectRow } from "@/api/types";
import { type Column, DataTable } from "@/components/DataTable";
import { StatusBadge } from "@/components/StatusBadge";
import { useFormat } from "@/format/useFormat";
import classes from "./Quality.module.css";

/** The first words of a row; its page has all of them. */
const shown = 160;
const beginning = (text: string) => (text.length > shown ? `${text.slice(0, shown)}…` : text);

/** Rows in quarantine; each leads to all that is known of it. */
export function RejectTable({ rows, stale }: { rows: readonly RejectRow[]; stale: boolean }) {
  const { t } = useTranslation("quality");
  const format = useFormat();
  const received = (row: RejectRow) => (row.received_at ? format.dateTime(row.received_at) : "–");
  const columns: Column<RejectRow>[] = [
    { key: "where", header: t("quarantine.where"), rowHeader: true, cell: (row) => <Where row={row} /> },
    { key: "reason", header: t("quarantine.why"), cell: (row) => <Reason row={row} /> },
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
      wide: true,
      cell: (row) => <code className={classes.content}>{beginning(row.content)}</code>,
    },
    { key: "received", header: t("quarantine.received"), end: true, cell: received },
  ];
  return (
    <DataTable
      caption={t("quarantine.title")}
      columns={columns}
      rows={rows}
      rowKey={(row) => String(row.id)}
      linked
      stale={stale}
      card={(row) => (
        <div style={{ display: "grid", gap: 6, fontSize: 13.5 }}>
          <div style={{ display: "flex", justifyContent: "space-between", gap: 12, alignItems: "start" }}>
            <Where row={row} />
            <Reason row={row} />
          </div>
          <span lang="en">{row.detail}</span>
          <code className={classes.content}>{beginning(row.content)}</code>
        </div>
      )}
    />
  );
}

function Where({ row }: { row: RejectRow }) {
  const { t } = useTranslation("quality");
  const format = useFormat();
  const place =
    row.line == null ? t("quarantine.event", { id: row.id }) : t("quarantine.line", { line: format.number(row.line) });
  return (
    <>
      <Anchor
        inherit
        c="inherit"
        fw={600}
        renderRoot={(props) => (
          <Link to="/quality" search={(old) => ({ ...old, row: row.id })} resetScroll={false} {...props} />
        )}
      >
        {row.source} · {place}
      </Anchor>
      {row.field && (
        <Text component="span" size="xs" c="dimmed" fw={400} display="block" style={{ overflowWrap: "anywhere" }}>
          {row.field}
        </Text>
      )}
    </>
  );
}

function Reason({ row }: { row: RejectRow }) {
  const { t } = useTranslation("quality");
  return <StatusBadge tone="warn">{t(`reason.${row.reason}`)}</StatusBadge>;
}
