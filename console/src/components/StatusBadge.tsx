import type { ReactNode } from "react";
import classes from "./StatusBadge.module.css";

export type Tone = "neutral" | "good" | "warn" | "bad" | "info" | "violet" | "brand";

/** A short status. The text says it; the colour only repeats it. */
export function StatusBadge({ tone = "neutral", dot, children }: { tone?: Tone; dot?: boolean; children: ReactNode }) {
  return (
    <span className={`${classes.badge} ${tone === "neutral" ? "" : classes[tone]} ${dot ? classes.dot : ""}`}>
      {children}
    </span>
  );
}
