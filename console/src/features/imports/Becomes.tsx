import { useTranslation } from "react-i18next";
import { useFormat } from "@/format/useFormat";
import classes from "./Imports.module.css";
import { detailsOf, type MappedEvent } from "./mappedEvent";

/** An event in a few lines: what happened, to whom, when, and what is said of it. */
export function Becomes({ event }: { event: MappedEvent }) {
  const { t } = useTranslation("imports");
  const format = useFormat();
  const { who, what, time, details } = detailsOf(event);
  return (
    <div className={classes.event}>
      <strong>{what}</strong>
      <span>
        {who ?? t("preview.anonymous")} · {time ? format.dateTime(time) : "–"}
      </span>
      {details.length > 0 && (
        <dl>
          {details.map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      )}
    </div>
  );
}
