import type { ErrorComponentProps } from "@tanstack/react-router";
import { ErrorCard } from "@/components/QueryState";

/** A fault while a page was drawn or loaded: the shell stays, and one can try again. */
export function RouteError({ error, reset }: ErrorComponentProps) {
  return <ErrorCard error={error} onRetry={reset} />;
}
