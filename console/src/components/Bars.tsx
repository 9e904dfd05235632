import type { ReactNode } from "react";
import classes from "./Bars.module.css";

export interface Bar {
  key: string;
  label: ReactNode;
  value: number;
  /** As it is shown. */
  text: ReactNode;
  note?: ReactNode;
  color?: string;
}

/** Horizontal bars with their numbers as text, so that they need no other alternative. */
export function Bars({ label, bars, max }: { label: string; bars: readonly Bar[]; max?: number }) {
  const top = max ?? Math.max(...bars.map((bar) => bar.value), 0);
  return (
    <div className={classes.box}>
      <ul className={classes.list} aria-label={label}>
        {bars.map((bar) => (
          <li key={bar.key}>
            <span className={classes.label}>{bar.label}</span>
            <span className={classes.track} aria-hidden>
              <span
                className={classes.fill}
                style={{ width: `${top > 0 ? Math.max(0, (bar.value / top) * 100) : 0}%`, background: bar.color }}
              />
            </span>
            <span className={classes.value}>
              {bar.text} {bar.note && <span className={classes.note}>{bar.note}</span>}
            </span>
          </li>
        ))}
      </ul>
    </div>
  );
}
