import { Button, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { PlanProposal } from "@/api/types";
import { type Column, DataTable } from "@/components/DataTable";
import { Panel } from "@/components/Panel";
import { TwoLines } from "@/components/TwoLines";
import { useFormat } from "@/format/useFormat";

interface ProposalsProps {
  proposals: readonly PlanProposal[];
  /** Names that no schema could be proposed for. */
  tooVaried: readonly string[];
  onReview: (proposal: PlanProposal) => void;
  onDismiss: () => void;
}

/** What was learned from what arrived. Nothing of it is in force before somebody has looked at it and saved it. */
export function Proposals({ proposals, tooVaried, onReview, onDismiss }: ProposalsProps) {
  const { t } = useTranslation("plan");
  const format = useFormat();
  const review = (row: PlanProposal) => (
    <Button
      size="compact-sm"
      variant="default"
      aria-label={t("proposal.reviewOf", { event: row.event })}
      onClick={() => onReview(row)}
    >
      {t("proposal.review")}
    </Button>
  );
  const columns: Column<PlanProposal>[] = [
    { key: "event", header: t("column.event"), rowHeader: true, cell: (row) => row.event },
    { key: "events", header: t("proposal.events"), end: true, cell: (row) => format.number(row.events) },
    { key: "fields", header: t("proposal.fields"), end: true, cell: (row) => format.number(row.fields.length) },
    { key: "fail", header: t("proposal.wouldFail"), end: true, cell: (row) => format.number(row.would_fail) },
    { key: "state", header: t("column.state"), cell: (row) => t(row.planned ? "planned" : "notPlanned") },
    { key: "review", header: t("proposal.look"), end: true, cell: review },
  ];
  return (
    <Panel
      title={t("proposal.title")}
      description={t("proposal.text")}
      actions={
        <Button variant="default" onClick={onDismiss}>
          {t("proposal.dismiss")}
        </Button>
      }
      flush
    >
      {tooVaried.length > 0 && (
        <Text size="sm" c="dimmed" px="md" pb="sm">
          {t("proposal.tooVaried", { names: tooVaried.join(", ") })}
        </Text>
      )}
      <DataTable
        caption={t("proposal.title")}
        columns={columns}
        rows={proposals}
        rowKey={(row) => row.event}
        card={(row) => (
          <TwoLines
            title={row.event}
            end={review(row)}
            text={t("proposal.learned", { count: row.events, shown: format.number(row.events) })}
            note={t("proposal.fail", { count: row.would_fail, shown: format.number(row.would_fail) })}
          />
        )}
      />
    </Panel>
  );
}
