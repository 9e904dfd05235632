import { useTranslation } from "react-i18next";
import type { RecommendationOverview } from "@/api/types";
import { type Column, DataTable } from "@/components/DataTable";
import { Panel } from "@/components/Panel";
import { StatusBadge } from "@/components/StatusBadge";
import { TwoLines } from "@/components/TwoLines";
import { useModelName } from "@/components/useModelName";
import { useFormat } from "@/format/useFormat";

type Version = RecommendationOverview["models"][number];

/** Every trained version: what it knows, what it was trained with, whether it serves. */
export function ModelVersions({ models }: { models: readonly Version[] }) {
  const { t } = useTranslation("recommendations");
  const format = useFormat();
  const modelName = useModelName();
  if (models.length === 0) return null;
  const parameters = (row: Version) =>
    Object.entries(row.parameters)
      .filter(([, value]) => typeof value !== "object")
      .map(([key, value]) => `${key} ${typeof value === "number" ? format.number(value, 4) : String(value)}`)
      .join(" · ") || "–";
  const status = (row: Version) =>
    row.serving ? (
      <StatusBadge tone="good" dot>
        {t("versions.serving")}
      </StatusBadge>
    ) : (
      <StatusBadge>{t("versions.kept")}</StatusBadge>
    );
  const columns: Column<Version>[] = [
    { key: "kind", header: t("versions.model"), cell: (row) => modelName(row.kind) },
    { key: "status", header: t("versions.status"), cell: status },
    { key: "until", header: t("versions.dataUntil"), cell: (row) => format.date(row.data_until) },
    { key: "trained", header: t("versions.trainedAt"), cell: (row) => format.dateTime(row.trained_at) },
    { key: "parameters", header: t("versions.parameters"), cell: parameters },
  ];
  return (
    <Panel title={t("versions.title")} flush>
      <DataTable
        caption={t("versions.title")}
        columns={columns}
        rows={models}
        rowKey={(row) => row.id}
        card={(row) => (
          <TwoLines
            title={modelName(row.kind)}
            end={status(row)}
            text={parameters(row)}
            note={format.date(row.data_until)}
          />
        )}
      />
    </Panel>
  );
}
