import { Alert, Text } from "@mantine/core";
import type { UseQueryResult } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { MappingPreview } from "@/api/imports";
import { Panel } from "@/components/Panel";
import { QueryState } from "@/components/QueryState";
import { useFormat } from "@/format/useFormat";
import classes from "./Imports.module.css";
import { PreviewTable } from "./PreviewTable";

/** What the mapping makes of the first rows. While the next answer is on its way, the one before stays, faded. */
export function PreviewPanel({ query, isStale }: { query: UseQueryResult<MappingPreview>; isStale: boolean }) {
  const { t } = useTranslation("imports");
  return (
    <Panel title={t("preview.title")} description={t("preview.text")}>
      <QueryState query={query}>
        {(preview) => (
          <div className={isStale ? classes.stale : undefined}>
            <Preview preview={preview} />
          </div>
        )}
      </QueryState>
    </Panel>
  );
}

function Preview({ preview }: { preview: MappingPreview }) {
  const { t } = useTranslation("imports");
  if (preview.mapping_problem) {
    return (
      <Text size="sm" c="dimmed" role="status">
        {t("preview.brokenMapping")}
      </Text>
    );
  }
  if (preview.file_problem) {
    return (
      <Alert color="red" role="status" title={t("preview.fileProblem")}>
        <span lang="en">{preview.file_problem}</span>
      </Alert>
    );
  }
  return (
    <>
      <Summary preview={preview} />
      <PreviewTable preview={preview} />
    </>
  );
}

function Summary({ preview }: { preview: MappingPreview }) {
  const { t } = useTranslation("imports");
  const format = useFormat();
  const events = preview.rows.reduce((sum, row) => sum + row.events.length, 0);
  const wrong = preview.rows.filter((row) => row.problems.length > 0).length;
  return (
    <Text size="sm" mb="sm" role="status">
      {t("preview.summary", {
        rows: format.number(preview.read),
        events: format.number(events),
        wrong: format.number(wrong),
      })}
      {preview.skipped > 0 && ` ${t("preview.skipped", { shown: format.number(preview.skipped) })}`}
      {preview.time_format && ` ${t("preview.times")} `}
      {preview.time_format && <code>{preview.time_format}</code>}
    </Text>
  );
}
