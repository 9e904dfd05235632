import { IconAlertCircle, IconAlertTriangle, IconInfoCircle } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { Alert } from "@/api/types";
import { useJobName } from "@/components/useJobName";
import { useSentence } from "@/components/useSentence";
import classes from "./Overview.module.css";

const icons = { info: IconInfoCircle, warning: IconAlertTriangle, error: IconAlertCircle };

/** What somebody should look at; nothing at all when all is well. */
export function Alerts({ alerts }: { alerts: readonly Alert[] }) {
  const { t } = useTranslation("overview");
  const sentence = useSentence("overview", "alert");
  const jobName = useJobName();
  const say = ({ message }: Alert) => {
    const kind = message.params?.kind;
    return sentence(
      typeof kind === "string" ? { ...message, params: { ...message.params, kind: jobName(kind) } } : message,
    );
  };
  if (alerts.length === 0) return null;
  return (
    <ul className={classes.alerts} aria-label={t("alerts")}>
      {alerts.map((alert) => {
        const Icon = icons[alert.level];
        return (
          <li
            key={`${alert.message.code}${JSON.stringify(alert.message.params)}`}
            className={`${classes.alert} ${classes[alert.level]}`}
          >
            <Icon size={19} aria-hidden />
            <span>
              <span className="bw-hidden">{t(`alertLevel.${alert.level}`)}</span> {say(alert)}
            </span>
          </li>
        );
      })}
    </ul>
  );
}
