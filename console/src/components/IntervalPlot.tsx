import classes from "./IntervalPlot.module.css";

export interface IntervalPlotProps {
  low: number;
  estimate: number;
  high: number;
  /** The scale that all rows of a table share. */
  from: number;
  to: number;
  /** What it shows, in words. */
  label: string;
}

/** An estimate with its interval, against the line of no difference. */
export function IntervalPlot({ low, estimate, high, from, to, label }: IntervalPlotProps) {
  const at = (value: number) => `${Math.min(100, Math.max(0, ((value - from) / (to - from)) * 100))}%`;
  const tone = low > 0 ? "good" : high < 0 ? "bad" : "open";
  return (
    <span className={classes.plot} role="img" aria-label={label}>
      <span className={classes.zero} style={{ left: at(0) }} />
      <span
        className={`${classes.interval} ${classes[tone]}`}
        style={{ left: at(low), right: `calc(100% - ${at(high)})` }}
      />
      <span className={`${classes.point} ${classes[tone]}`} style={{ left: at(estimate) }} />
    </span>
  );
}

/** A scale around nought that holds every interval, with some air. */
export function sharedScale(intervals: readonly { low: number; high: number }[]): { from: number; to: number } {
  const reach = Math.max(...intervals.flatMap(({ low, high }) => [Math.abs(low), Math.abs(high)]), 1e-9) * 1.1;
  return { from: -reach, to: reach };
}
