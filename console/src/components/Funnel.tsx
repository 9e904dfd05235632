import { useFormat } from "@/format/useFormat";
import classes from "./Funnel.module.css";

export interface FunnelStep {
  key: string;
  label: string;
  count: number;
}

/** Steps of a way, each with what is left of the first. */
export function Funnel({ label, steps }: { label: string; steps: readonly FunnelStep[] }) {
  const format = useFormat();
  const first = steps[0]?.count ?? 0;
  return (
    <ol className={classes.funnel} aria-label={label}>
      {steps.map((step) => {
        const share = first > 0 ? step.count / first : 0;
        return (
          <li key={step.key}>
            <div className={classes.line}>
              <span>{step.label}</span>
              <span className={classes.count}>
                {format.number(step.count)}
                <span className={classes.share}>{format.percent(share, share < 0.1 ? 1 : 0)}</span>
              </span>
            </div>
            <div className={classes.track} aria-hidden>
              <div className={classes.fill} style={{ width: `${share * 100}%` }} />
            </div>
          </li>
        );
      })}
    </ol>
  );
}
