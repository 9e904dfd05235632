import { Stack, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { TrialResult } from "@/api/types";
import { CodeBlock } from "@/components/CodeBlock";
import { PlanProblems } from "@/components/PlanBadge";
import { StatusBadge } from "@/components/StatusBadge";
import { useFormat } from "@/format/useFormat";
import { setOutValue } from "./words";

/** How many are shown whole. */
const examples = 3;

/** What a schema would have done to the last events. */
export function TrialReport({ result }: { result: TrialResult }) {
  const { t } = useTranslation("plan");
  const format = useFormat();
  const shown = { failed: format.number(result.failed), tried: format.number(result.tried) };
  if (result.tried === 0) return <Text size="sm">{t("trial.none")}</Text>;
  return (
    <Stack gap="xs" role="status">
      <div>
        <StatusBadge tone={result.failed > 0 ? "warn" : "good"}>
          {t(result.failed > 0 ? "trial.failed" : "trial.passed", shown)}
        </StatusBadge>
      </div>
      {result.problems.length > 0 && (
        <ul style={{ margin: 0, paddingInlineStart: 18, fontSize: 14 }}>
          {result.problems.slice(0, 10).map((problem) => (
            <li key={`${problem.path} ${problem.rule}`}>
              <code>{problem.path || "/"}</code> {problem.rule}:{" "}
              {t("trial.events", { count: problem.events, shown: format.number(problem.events) })}
            </li>
          ))}
        </ul>
      )}
      {result.examples.slice(0, examples).map((example) => (
        <details key={example.id}>
          <summary style={{ fontSize: 14, cursor: "pointer" }}>
            {format.dateTime(example.time)} · {example.source}
          </summary>
          <Stack gap={6} mt={6} fz="sm">
            <PlanProblems problems={example.problems} />
            <CodeBlock code={setOutValue(example.properties ?? {})} about={t("trial.example")} />
          </Stack>
        </details>
      ))}
    </Stack>
  );
}
