import { Progress, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { jobsQuery } from "@/api/queries";
import type { components } from "@/api/schema";
import { Panel } from "@/components/Panel";
import { StatusBadge, type Tone } from "@/components/StatusBadge";
import { useJobName } from "@/components/useJobName";
import { useFormat } from "@/format/useFormat";

type Job = components["schemas"]["JobRow"];
const tones: Record<Job["state"], Tone> = { queued: "neutral", running: "info", done: "good", failed: "bad" };

/** What is being worked on. Asked again every two seconds while something runs; nothing is shown where there are none. */
export function Jobs() {
  const { t } = useTranslation("quality");
  const query = useQuery({
    ...jobsQuery(),
    refetchInterval: ({ state }) =>
      state.data?.some((job) => job.state === "running" || job.state === "queued") ? 2_000 : false,
  });
  if (!query.data || query.data.length === 0) return null;
  return (
    <Panel title={t("jobs.title")}>
      <ul style={{ listStyle: "none", margin: 0, padding: 0, display: "grid", gap: 12 }}>
        {query.data.map((job) => (
          <JobLine key={job.id} job={job} />
        ))}
      </ul>
    </Panel>
  );
}

function JobLine({ job }: { job: Job }) {
  const { t } = useTranslation("quality");
  const format = useFormat();
  const name = useJobName()(job.kind);
  const { progress } = job;
  const share = progress && progress.total > 0 ? (progress.done / progress.total) * 100 : 0;
  return (
    <li>
      <div style={{ display: "flex", justifyContent: "space-between", gap: 12, alignItems: "baseline" }}>
        <Text size="sm" fw={600}>
          {name}
        </Text>
        <StatusBadge tone={tones[job.state]} dot>
          {t(`jobs.state.${job.state}`)}
        </StatusBadge>
      </div>
      {job.state === "running" && progress && <Progress value={share} mt={6} aria-label={name} />}
      <Text
        size="xs"
        lang={job.error || progress?.message ? "en" : undefined}
        c={job.error ? "var(--mantine-color-error)" : "dimmed"}
        mt={2}
      >
        {job.error ?? progress?.message ?? format.dateTime(job.at)}
      </Text>
    </li>
  );
}
