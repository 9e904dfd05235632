import { Alert, Button, Progress, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconPlayerStop } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { useErrorText } from "@/api/errors";
import { type Upload, useCancelImport } from "@/api/imports";
import { ConfirmDialog } from "@/components/ConfirmDialog";
import { Panel } from "@/components/Panel";
import { StatCard, StatGrid } from "@/components/StatCard";
import { useFormat } from "@/format/useFormat";

/** How far it is, how fast, and a way to stop it. */
export function ProgressPanel({ upload }: { upload: Upload }) {
  const { t } = useTranslation("imports");
  const format = useFormat();
  const { progress } = upload;
  const share = progress ? Math.min(1, progress.bytes / upload.bytes) : 0;
  // Read aloud: every tenth, not every second.
  const step = Math.floor(share * 10) / 10;
  const what = upload.state === "queued" ? "queued" : progress?.is_read ? "processing" : "reading";
  return (
    <Panel title={t(`progress.${what}`)} description={t("progress.text")} actions={<Stop upload={upload} />}>
      <Progress value={share * 100} size="lg" striped={what === "processing"} aria-label={t(`progress.${what}`)} />
      <Text size="sm" c="dimmed" mt={6} mb="md" className="bw-numbers">
        {t("progress.share", { share: format.percent(share), size: format.bytes(upload.bytes) })}
      </Text>
      <span className="bw-hidden" role="status">
        {what === "reading"
          ? t("progress.share", { share: format.percent(step, 0), size: format.bytes(upload.bytes) })
          : t(`progress.${what}`)}
      </span>
      <StatGrid label={t("progress.numbers")}>
        <StatCard label={t("progress.rows")} value={format.number(progress?.rows ?? 0)} />
        <StatCard label={t("progress.events")} value={format.number(progress?.events ?? 0)} />
        <StatCard label={t("progress.rejected")} value={format.number(progress?.rejected ?? 0)} />
        <StatCard
          label={t("progress.rate")}
          value={typeof progress?.rows_per_second === "number" ? format.number(progress.rows_per_second) : "–"}
        />
      </StatGrid>
    </Panel>
  );
}

function Stop({ upload }: { upload: Upload }) {
  const { t } = useTranslation("imports");
  const errorText = useErrorText();
  const [asking, ask] = useDisclosure(false);
  const cancel = useCancelImport(upload.id);
  return (
    <>
      <Button variant="default" leftSection={<IconPlayerStop size={16} aria-hidden />} onClick={ask.open}>
        {t("cancel.button")}
      </Button>
      {cancel.isError && !asking && <Alert color="red">{errorText(cancel.error).title}</Alert>}
      <ConfirmDialog
        opened={asking}
        onClose={ask.close}
        title={t("cancel.title")}
        text={t("cancel.text")}
        confirm={t("cancel.button")}
        tone="harmless"
        pending={cancel.isPending}
        error={cancel.error}
        onConfirm={() => cancel.mutate(undefined, { onSuccess: ask.close })}
      />
    </>
  );
}
