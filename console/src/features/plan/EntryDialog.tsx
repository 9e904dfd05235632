import { Modal } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type PlanKey, planEntryQuery } from "@/api/plan";
import type { PlanProposal } from "@/api/types";
import { useIsPhone } from "@/components/DataTable";
import { PanelSkeleton, QueryState } from "@/components/QueryState";
import { EntryEditor, type EntryEditorProps } from "./EntryEditor";

interface EntryDialogProps {
  planKey?: PlanKey;
  proposal?: PlanProposal;
  onClose: () => void;
}

/** One event of the plan: its schema, what it would do, and what it was before. */
export function EntryDialog({ planKey, proposal, onClose }: EntryDialogProps) {
  const { t } = useTranslation();
  const phone = useIsPhone();
  const [unsaved, setUnsaved] = useState(false);
  const title = planKey?.source ? `${planKey.event} · ${planKey.source}` : planKey?.event;
  return (
    <Modal
      opened={planKey !== undefined}
      onClose={onClose}
      title={title}
      size={820}
      fullScreen={phone}
      closeOnClickOutside={!unsaved}
      closeButtonProps={{ "aria-label": t("action.close") }}
    >
      {planKey && (
        <Loaded
          key={`${planKey.event} ${planKey.source ?? ""} ${proposal ? "proposed" : ""}`}
          planKey={planKey}
          proposal={proposal}
          onClose={onClose}
          onUnsaved={setUnsaved}
        />
      )}
    </Modal>
  );
}

function Loaded({ planKey, ...rest }: Omit<EntryEditorProps, "entry">) {
  const query = useQuery(planEntryQuery(planKey));
  return (
    <QueryState query={query} skeleton={<PanelSkeleton height={320} />}>
      {(entry) => <EntryEditor key={entry.history[0]?.version} planKey={planKey} entry={entry} {...rest} />}
    </QueryState>
  );
}
