import classes from "./Sparkline.module.css";

const height = 26;
const step = 4;

/** A row of bars as high as their values; `label` says the same in words. */
export function Sparkline({ values, label }: { values: readonly number[]; label: string }) {
  const top = Math.max(...values, 1);
  const width = values.length * step - 1;
  return (
    <svg
      className={classes.spark}
      viewBox={`0 0 ${width} ${height}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={label}
    >
      {values.map((value, index) => {
        // Even a single event among thousands can be told from none.
        const tall = value > 0 ? Math.max(2.5, (value / top) * height) : 1;
        return (
          <rect
            // biome-ignore lint/suspicious/noArrayIndexKey: a bar is its place
            key={index}
            className={value > 0 ? classes.some : classes.none}
            x={index * step}
            y={height - tall}
            width={step - 1}
            height={tall}
          />
        );
      })}
    </svg>
  );
}
