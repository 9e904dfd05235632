import { Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { SourceProblem } from "@/api/types";
import { Panel } from "@/components/Panel";
import { useFormat } from "@/format/useFormat";
import classes from "./Sources.module.css";

/** What went wrong lately, the latest first. */
export function Problems({ problems, asOf }: { problems: readonly SourceProblem[]; asOf: string }) {
  const { t } = useTranslation("sources");
  const format = useFormat();
  return (
    <Panel title={t("problems.title")} description={t("problems.text")}>
      {problems.length === 0 ? (
        <Text size="sm" c="dimmed">
          {t("problems.none")}
        </Text>
      ) : (
        <ul className={classes.problems}>
          {problems.map((problem) => (
            <li key={problem.at}>
              <span lang="en">{problem.message}</span>
              <time dateTime={problem.at} title={format.dateTime(problem.at)}>
                {format.ago(problem.at, asOf)}
              </time>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}
