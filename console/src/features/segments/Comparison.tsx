import { useTranslation } from "react-i18next";
import type { SegmentDetail } from "@/api/types";
import { type Column, DataTable } from "@/components/DataTable";
import { Panel } from "@/components/Panel";
import { TwoLines } from "@/components/TwoLines";
import { useFeatureName } from "@/components/useFeatureName";
import { useFormat } from "@/format/useFormat";

type Row = SegmentDetail["comparison"][number];

/** A typical member beside a typical customer: medians, since a few giants would pull means away. */
export function Comparison({ rows, currency }: { rows: readonly Row[]; currency: string }) {
  const { t } = useTranslation("segments");
  const format = useFormat();
  const name = useFeatureName();
  const print = (row: Row, value: number) => {
    switch (row.unit) {
      case "days":
        return format.days(Math.round(value));
      case "money":
        return format.money(value, currency);
      case "share":
        return format.percent(value);
      case "count":
        return format.number(value, 1);
    }
  };
  const ratio = (row: Row) => (row.all_median > 0 ? `${format.decimal(row.segment_median / row.all_median, 1)}×` : "–");
  const columns: Column<Row>[] = [
    { key: "feature", header: t("comparison.feature"), cell: (row) => name(row.feature) },
    { key: "segment", header: t("comparison.segment"), end: true, cell: (row) => print(row, row.segment_median) },
    { key: "all", header: t("comparison.all"), end: true, cell: (row) => print(row, row.all_median) },
    { key: "ratio", header: t("comparison.ratio"), end: true, cell: ratio },
    { key: "mean", header: t("comparison.mean"), end: true, cell: (row) => print(row, row.segment_mean) },
  ];
  return (
    <Panel title={t("comparison.title")} description={t("comparison.text")} flush>
      <DataTable
        caption={t("comparison.title")}
        columns={columns}
        rows={rows}
        rowKey={(row) => row.feature}
        card={(row) => (
          <TwoLines
            title={name(row.feature)}
            end={print(row, row.segment_median)}
            text={t("comparison.against", { value: print(row, row.all_median) })}
            note={ratio(row)}
          />
        )}
      />
    </Panel>
  );
}
