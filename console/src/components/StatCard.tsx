import type { ReactNode } from "react";
import classes from "./StatCard.module.css";

/** A row of numbers that wraps: two columns on a phone. */
export function StatGrid({ label, children }: { label: string; children: ReactNode }) {
  return (
    <dl className={classes.grid} aria-label={label} style={{ margin: 0 }}>
      {children}
    </dl>
  );
}

/** One number with its name and a line that says what to make of it. Only inside a `StatGrid`. */
export function StatCard({ label, value, hint }: { label: string; value: ReactNode; hint?: ReactNode }) {
  return (
    <div className={classes.card}>
      <dt className={classes.label}>{label}</dt>
      <dd style={{ margin: 0 }}>
        <div className={classes.value}>{value}</div>
        {hint && <div className={classes.hint}>{hint}</div>}
      </dd>
    </div>
  );
}
