import { useTranslation } from "react-i18next";
import type { SourceSummary } from "@/api/types";
import { StatusBadge } from "@/components/StatusBadge";
import { statusTones } from "./words";

/** How a source is doing. */
export function SourceBadge({ status }: { status: SourceSummary["status"] }) {
  const { t } = useTranslation("sources");
  return (
    <StatusBadge tone={statusTones[status]} dot>
      {t(`status.${status}`)}
    </StatusBadge>
  );
}
