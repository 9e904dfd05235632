import type { ReactNode } from "react";
import classes from "./TwoLines.module.css";

/** A row of a list on a phone: name and number, and under them a word on each. */
export function TwoLines(props: { title: ReactNode; end?: ReactNode; text?: ReactNode; note?: ReactNode }) {
  return (
    <div className={classes.lines}>
      <div className={classes.title}>{props.title}</div>
      <div className={classes.end}>{props.end}</div>
      <div className={classes.text}>{props.text}</div>
      <div className={classes.note}>{props.note}</div>
    </div>
  );
}
