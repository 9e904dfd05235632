import { useTranslation } from "react-i18next";
import type { CampaignSummary } from "@/api/types";
import { StatusBadge, type Tone } from "@/components/StatusBadge";

type State = CampaignSummary["state"]["name"];
const tones: Record<State, Tone> = { draft: "neutral", running: "info", completed: "good" };

/** Where a campaign stands. */
export function CampaignBadge({ state }: { state: State }) {
  const { t } = useTranslation("campaigns");
  return (
    <StatusBadge tone={tones[state]} dot>
      {t(`state.${state}`)}
    </StatusBadge>
  );
}
