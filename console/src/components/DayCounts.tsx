import { useFormat } from "@/format/useFormat";
import classes from "./DayCounts.module.css";
import { Sparkline } from "./Sparkline";

interface DayCountsProps {
  /** One number for each day. */
  values: number[];
  /** Their sum, which stands beside them. */
  sum: number;
  /** What they are, for whoever cannot see them. */
  label: string;
  /** As wide as the card that they stand in. */
  wide?: boolean;
}

/** Counts of some days, as a line with their sum. */
export function DayCounts({ values, sum, label, wide }: DayCountsProps) {
  const format = useFormat();
  const line = (
    <span className={classes.days}>
      <Sparkline values={values} label={label} />
      <span className={classes.count} aria-hidden>
        {format.compact(sum)}
      </span>
    </span>
  );
  return wide ? <div className={classes.wide}>{line}</div> : line;
}
