import { Anchor, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { PlanRow } from "@/api/types";
import { type Column, DataTable } from "@/components/DataTable";
import { StatusBadge } from "@/components/StatusBadge";
import { TwoLines } from "@/components/TwoLines";
import { useFormat } from "@/format/useFormat";
import { modeTone } from "./words";

/** Events in rows; each leads to its schema. */
export function PlanTable({ rows }: { rows: readonly PlanRow[] }) {
  const { t } = useTranslation("plan");
  const format = useFormat();
  const columns: Column<PlanRow>[] = [
    { key: "event", header: t("column.event"), rowHeader: true, cell: (row) => <Name row={row} /> },
    { key: "state", header: t("column.state"), cell: (row) => <State row={row} /> },
    { key: "mode", header: t("column.mode"), cell: (row) => <Mode row={row} /> },
    { key: "seen", header: t("column.seen"), end: true, cell: (row) => format.number(row.seen) },
    { key: "checked", header: t("column.checked"), end: true, cell: (row) => format.number(row.checked) },
    { key: "failed", header: t("column.failed"), end: true, cell: (row) => <Failed row={row} /> },
    { key: "last", header: t("column.last"), wide: true, cell: (row) => <Last row={row} /> },
  ];
  return (
    <DataTable
      caption={t("events")}
      columns={columns}
      rows={rows}
      rowKey={(row) => `${row.event} ${row.source ?? ""}`}
      linked
      card={(row) => (
        <TwoLines
          title={<NameLink row={row} />}
          end={<Mode row={row} />}
          text={
            <>
              {t(row.planned ? "planned" : "notPlanned")} ·{" "}
              {t("failedOf", { failed: row.failed, checked: row.checked })}
            </>
          }
          note={row.source ?? undefined}
        />
      )}
    />
  );
}

function NameLink({ row }: { row: PlanRow }) {
  const { t } = useTranslation("plan");
  // Names that were too many to be counted one by one: there is nothing behind them.
  if (row.event === "") return <>{t("others")}</>;
  return (
    <Anchor
      inherit
      c="inherit"
      fw={600}
      renderRoot={(props) => (
        <Link
          to="/plan"
          search={{ event: row.event, source: row.source ?? undefined }}
          resetScroll={false}
          {...props}
        />
      )}
    >
      {row.event}
    </Anchor>
  );
}

function Name({ row }: { row: PlanRow }) {
  return (
    <>
      <NameLink row={row} />
      {row.source && (
        <Text size="xs" c="dimmed" fw={400}>
          {row.source}
        </Text>
      )}
    </>
  );
}

function State({ row }: { row: PlanRow }) {
  const { t } = useTranslation("plan");
  return <StatusBadge tone={row.planned ? "good" : "neutral"}>{t(row.planned ? "planned" : "notPlanned")}</StatusBadge>;
}

function Mode({ row }: { row: PlanRow }) {
  const { t } = useTranslation("plan");
  return <StatusBadge tone={modeTone[row.mode]}>{t(`mode.${row.mode}`)}</StatusBadge>;
}

function Failed({ row }: { row: PlanRow }) {
  const format = useFormat();
  const shown = format.number(row.failed);
  return row.failed > 0 && row.planned ? <StatusBadge tone="warn">{shown}</StatusBadge> : shown;
}

function Last({ row }: { row: PlanRow }) {
  if (!row.last_problem || !row.planned) return null;
  return (
    <Text size="xs" c="dimmed" lang="en" lineClamp={2} maw="44ch" style={{ overflowWrap: "anywhere" }}>
      {row.last_problem}
    </Text>
  );
}
