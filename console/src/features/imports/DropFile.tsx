import { Alert, Button, FileButton, Group, Progress, Text, ThemeIcon } from "@mantine/core";
import { IconFileUpload, IconUpload } from "@tabler/icons-react";
import { type DragEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { ApiError, useErrorText } from "@/api/errors";
import { type Sending, type Upload, useSendFile } from "@/api/imports";
import { Panel } from "@/components/Panel";
import { useFormat } from "@/format/useFormat";
import classes from "./Imports.module.css";
import { StayWhileSending } from "./StayWhileSending";

export interface DropFileProps {
  maxBytes: number;
  /** Says what will happen, where nothing was ever imported. */
  teaches: boolean;
  onDone: (upload: Upload) => void;
}

/** A place to drop a file, with a button for everybody who does not drag. */
export function DropFile({ maxBytes, teaches, onDone }: DropFileProps) {
  const { t } = useTranslation("imports");
  const format = useFormat();
  const errorText = useErrorText();
  const [over, setOver] = useState(false);
  const { sending, isSending, error, setError, send, stop } = useSendFile(onDone);
  const take = (file: File | null | undefined) => {
    if (!file || sending) return;
    // What the server would refuse need not be sent first.
    if (file.size > maxBytes) {
      const detail = t("drop.tooLarge", { size: format.bytes(file.size), most: format.bytes(maxBytes) });
      return setError(new ApiError(413, "file_too_large", detail));
    }
    send(file);
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    take(event.dataTransfer.files[0]);
  };
  return (
    <Panel>
      <section
        className={classes.drop}
        data-over={over || undefined}
        aria-label={t("drop.label")}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={drop}
      >
        {sending ? (
          <SendingFile sending={sending} onStop={stop} />
        ) : (
          <>
            <ThemeIcon size={48} radius="xl" variant="light">
              <IconFileUpload size={26} aria-hidden />
            </ThemeIcon>
            <Text fw={650} size="lg">
              {t("drop.title")}
            </Text>
            <Text size="sm" c="dimmed" maw={520}>
              {t("drop.text", { most: format.bytes(maxBytes) })}
            </Text>
            {teaches && <Steps />}
            <FileButton onChange={take}>
              {(props) => (
                <Button {...props} leftSection={<IconUpload size={16} aria-hidden />}>
                  {t("drop.choose")}
                </Button>
              )}
            </FileButton>
          </>
        )}
      </section>
      {sending && <StayWhileSending name={sending.name} isSending={isSending} />}
      {error && (
        <Alert color="red" mt="md" role="alert" title={errorText(error).title}>
          {errorText(error).detail}
        </Alert>
      )}
    </Panel>
  );
}

function SendingFile({ sending, onStop }: { sending: Sending; onStop: () => void }) {
  const { t } = useTranslation("imports");
  const format = useFormat();
  const share = sending.total > 0 ? (sending.sent / sending.total) * 100 : 0;
  return (
    <div className={classes.sending}>
      <Text fw={650}>{t("drop.sending", { name: sending.name })}</Text>
      <Progress value={share} aria-label={t("drop.sending", { name: sending.name })} />
      <Group justify="space-between" gap="sm">
        <Text size="sm" c="dimmed" className="bw-numbers">
          {t("drop.sent", { sent: format.bytes(sending.sent), total: format.bytes(sending.total) })}
        </Text>
        <Button size="xs" variant="default" onClick={onStop}>
          {t("drop.stop")}
        </Button>
      </Group>
    </div>
  );
}

/** What will happen, before anybody has given a file. */
function Steps() {
  const { t } = useTranslation("imports");
  return (
    <ol className={classes.steps}>
      {(["give", "check", "import"] as const).map((step) => (
        <li key={step}>{t(`teach.${step}`)}</li>
      ))}
    </ol>
  );
}
