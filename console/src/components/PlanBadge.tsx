import { useTranslation } from "react-i18next";
import type { PlanProblem } from "@/api/types";
import { StatusBadge } from "./StatusBadge";

/** Says that an event does not keep to the tracking plan. Nothing where it does. */
export function PlanBadge({ problems }: { problems: readonly PlanProblem[] }) {
  const { t } = useTranslation();
  if (problems.length === 0) return null;
  return <StatusBadge tone="warn">{t("event.offPlan")}</StatusBadge>;
}

/** What is wrong with it, in the words of the server. */
export function PlanProblems({ problems }: { problems: readonly PlanProblem[] }) {
  return (
    <ul style={{ margin: 0, paddingInlineStart: 18 }} lang="en">
      {problems.map((problem) => (
        <li key={`${problem.path} ${problem.rule}`} style={{ overflowWrap: "anywhere" }}>
          {problem.path && <code>{problem.path}</code>} {problem.message} ({problem.rule})
        </li>
      ))}
    </ul>
  );
}
