import { useTranslation } from "react-i18next";
import classes from "./Sources.module.css";

/** Says once, politely, when the first event is there; until then the page looks for it by itself. */
export function FirstEvent({ arrived, enabled }: { arrived: boolean; enabled: boolean }) {
  const { t } = useTranslation("sources");
  const state = !enabled ? "refused" : arrived ? "arrived" : "waiting";
  return (
    <p className={classes.first} role="status" data-state={state}>
      {t(`start.${state}`)}
    </p>
  );
}
