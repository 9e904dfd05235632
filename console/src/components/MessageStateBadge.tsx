import { useTranslation } from "react-i18next";
import type { MessageRow } from "@/api/types";
import { StatusBadge, type Tone } from "./StatusBadge";

const tones: Record<MessageRow["state"], Tone> = {
  reserved: "info",
  handed_over: "good",
  failed: "bad",
  unknown: "warn",
};

/** Where a message stands in the send ledger. */
export function MessageStateBadge({ state }: { state: MessageRow["state"] }) {
  const { t } = useTranslation();
  return (
    <StatusBadge tone={tones[state]} dot>
      {t(`messageState.${state}`)}
    </StatusBadge>
  );
}
