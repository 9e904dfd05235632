import { useTranslation } from "react-i18next";
import { useFormat } from "@/format/useFormat";
import { StatusBadge } from "./StatusBadge";

/** From here on it is worth a word. */
const high = 0.5;

/** Says that a program has probably sent an event. Nothing where it is not likely. */
export function BotBadge({ probability }: { probability?: number | null }) {
  const { t } = useTranslation();
  const format = useFormat();
  if (probability == null || probability < high) return null;
  return <StatusBadge tone="violet">{t("event.bot", { share: format.percent(probability) })}</StatusBadge>;
}
