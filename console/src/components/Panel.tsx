import { Text, Title } from "@mantine/core";
import type { CSSProperties, ReactNode } from "react";
import classes from "./Panel.module.css";

export interface PanelProps {
  title?: string;
  description?: ReactNode;
  actions?: ReactNode;
  /** Content that reaches the edges, such as a table. */
  flush?: boolean;
  children: ReactNode;
  className?: string;
  style?: CSSProperties;
}

/** A card with a heading. */
export function Panel({ title, description, actions, flush, children, className = "", style }: PanelProps) {
  return (
    <section className={`${classes.panel} ${className}`} style={style} aria-label={title}>
      {(title || actions) && (
        <div className={classes.head}>
          <div style={{ minWidth: 0 }}>
            {title && (
              <Title order={2} className={classes.title}>
                {title}
              </Title>
            )}
            {description && (
              <Text component="div" size="sm" c="dimmed" mt={2} maw="80ch">
                {description}
              </Text>
            )}
          </div>
          {actions}
        </div>
      )}
      <div className={`${classes.body} ${flush ? classes.flush : ""}`}>{children}</div>
    </section>
  );
}
