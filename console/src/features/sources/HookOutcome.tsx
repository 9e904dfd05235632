import { Alert, Text } from "@mantine/core";
import type { UseQueryResult } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { HookPreview } from "@/api/sources";
import { Panel } from "@/components/Panel";
import { QueryState } from "@/components/QueryState";
import { Becomes } from "@/features/imports/Becomes";
import { useFormat } from "@/format/useFormat";
import classes from "./HookMapping.module.css";

/** What the mapping makes of the delivery. While the next answer is on its way, the one before stays, faded. */
export function HookOutcome({ query, isStale }: { query: UseQueryResult<HookPreview>; isStale: boolean }) {
  const { t } = useTranslation("sources");
  return (
    <Panel title={t("hook.outcome.title")} description={t("hook.outcome.text")}>
      <QueryState query={query}>
        {(preview) => (
          <div className={isStale ? classes.stale : undefined}>
            <Outcome preview={preview} />
          </div>
        )}
      </QueryState>
    </Panel>
  );
}

function Outcome({ preview }: { preview: HookPreview }) {
  const { t } = useTranslation("sources");
  if (preview.mapping_problem) {
    return (
      <Text size="sm" c="dimmed" role="status">
        {t("hook.outcome.brokenMapping")}
      </Text>
    );
  }
  if (preview.body_problem) {
    return (
      <Alert color="red" role="status" title={t("hook.outcome.brokenBody")}>
        <span lang="en">{preview.body_problem}</span>
      </Alert>
    );
  }
  return (
    <>
      <Summary preview={preview} />
      {preview.events.length > 0 && (
        <ul className={classes.events}>
          {preview.events.map((event) => (
            <li key={String(event.messageId)}>
              <Becomes event={event} />
            </li>
          ))}
        </ul>
      )}
      {preview.problems.length > 0 && <Problems problems={preview.problems} />}
    </>
  );
}

function Summary({ preview }: { preview: HookPreview }) {
  const { t } = useTranslation("sources");
  const format = useFormat();
  const { event_count: events, problem_count: wrong, left_out: leftOut } = preview;
  const nothing = events + wrong + leftOut === 0;
  return (
    <Text size="sm" mb="sm" role="status">
      {nothing
        ? t("hook.outcome.nothing")
        : t("hook.outcome.summary", { count: events, shown: format.number(events), wrong: format.number(wrong) })}
      {leftOut > 0 && ` ${t("hook.outcome.leftOut", { count: leftOut, shown: format.number(leftOut) })}`}
    </Text>
  );
}

function Problems({ problems }: { problems: HookPreview["problems"] }) {
  const { t } = useTranslation("quality");
  return (
    <ul className={classes.problems}>
      {problems.map(({ field, reason, detail }) => (
        <li key={`${field} ${detail}`}>
          <strong>{t(`reason.${reason}`)}</strong> <span lang="en">{detail}</span>
        </li>
      ))}
    </ul>
  );
}
