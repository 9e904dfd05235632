import { Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { ExperimentDetail } from "@/api/types";
import { type Column, DataTable } from "@/components/DataTable";
import { Panel } from "@/components/Panel";
import { StatusBadge } from "@/components/StatusBadge";
import { TwoLines } from "@/components/TwoLines";
import { useFormat } from "@/format/useFormat";

type Arm = ExperimentDetail["arms"][number];

/** Whether people were divided as planned; where they were not, no other number here can be trusted. */
export function SampleRatioPanel({ detail }: { detail: ExperimentDetail }) {
  const { t } = useTranslation("experiments");
  const format = useFormat();
  const { sample_ratio: check, arms } = detail;
  const columns: Column<Arm>[] = [
    { key: "arm", header: t("arm.name"), cell: (row) => row.arm },
    { key: "n", header: t("arm.people"), end: true, cell: (row) => format.number(row.n) },
    { key: "planned", header: t("ratio.planned"), end: true, cell: (row) => format.percent(row.planned_share, 2) },
    { key: "share", header: t("ratio.came"), end: true, cell: (row) => format.percent(row.share, 2) },
  ];
  return (
    <Panel
      title={t("ratio.title")}
      description={t(check.ok ? "ratio.okText" : "ratio.brokenText")}
      actions={
        <StatusBadge tone={check.ok ? "good" : "bad"} dot>
          {t(check.ok ? "ratio.ok" : "ratio.broken")}
        </StatusBadge>
      }
      flush
    >
      <DataTable
        caption={t("ratio.title")}
        columns={columns}
        rows={arms}
        rowKey={(row) => row.arm}
        card={(row) => (
          <TwoLines
            title={row.arm}
            end={format.percent(row.share, 2)}
            text={t("ratio.people", { count: row.n, shown: format.number(row.n) })}
            note={t("ratio.plannedShare", { share: format.percent(row.planned_share, 2) })}
          />
        )}
      />
      <Text size="xs" c="dimmed" px={18} py={10} style={{ borderTop: "1px solid var(--bw-border)" }}>
        {t("ratio.numbers", {
          chi: format.decimal(check.chi_square, 3),
          df: check.degrees_of_freedom,
          p: format.decimal(check.p_value, 4),
          threshold: format.decimal(check.threshold, 4),
        })}
      </Text>
    </Panel>
  );
}
