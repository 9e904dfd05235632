import { useTranslation } from "react-i18next";
import type { MetricResult } from "@/api/types";
import { type Column, DataTable } from "@/components/DataTable";
import { Panel } from "@/components/Panel";
import { StatusBadge } from "@/components/StatusBadge";
import { TwoLines } from "@/components/TwoLines";
import { useFormat } from "@/format/useFormat";

type Row = MetricResult["power"][number];

/** How many people a clearer answer would need. */
export function PowerPanel({ result, control }: { result: MetricResult; control: string }) {
  const { t } = useTranslation("experiments");
  const format = useFormat();
  if (result.power.length === 0) return null;
  const had = Math.min(...result.arms.map((arm) => arm.n));
  const effect = (row: Row) => format.signedPercent(row.relative_effect, 0);
  const needed = (row: Row) => (row.per_arm == null ? "–" : format.number(row.per_arm));
  const enough = (row: Row) =>
    row.per_arm == null ? null : (
      <StatusBadge tone={row.per_arm <= had ? "good" : "warn"}>
        {row.per_arm <= had ? t("power.enough") : t("power.times", { times: format.decimal(row.per_arm / had, 1) })}
      </StatusBadge>
    );
  const columns: Column<Row>[] = [
    { key: "effect", header: t("power.effect"), cell: effect },
    { key: "power", header: t("power.power"), end: true, cell: (row) => format.percent(row.power, 0) },
    { key: "needed", header: t("power.needed"), end: true, cell: needed },
    { key: "enough", header: t("power.had", { count: had, shown: format.number(had) }), end: true, cell: enough },
  ];
  return (
    <Panel title={t("power.title")} description={t("power.text", { control })} flush>
      <DataTable
        caption={t("power.title")}
        columns={columns}
        rows={result.power}
        rowKey={(row) => `${row.relative_effect}/${row.power}`}
        card={(row) => (
          <TwoLines
            title={t("power.toSee", { effect: effect(row) })}
            end={needed(row)}
            text={t("power.atPower", { power: format.percent(row.power, 0) })}
            note={enough(row)}
          />
        )}
      />
    </Panel>
  );
}
