import { useTranslation } from "react-i18next";
import type { Upload } from "@/api/imports";
import { StatusBadge, type Tone } from "@/components/StatusBadge";
import { useFormat } from "@/format/useFormat";

const tones: Record<Upload["state"], Tone> = {
  uploaded: "neutral",
  queued: "info",
  running: "info",
  done: "good",
  failed: "bad",
  cancelled: "warn",
};

/** Where a file stands; while it is being imported, how far. */
export function UploadBadge({ upload }: { upload: Upload }) {
  const { t } = useTranslation("imports");
  const format = useFormat();
  const share = upload.state === "running" && upload.progress ? upload.progress.bytes / upload.bytes : undefined;
  return (
    <StatusBadge tone={tones[upload.state]} dot>
      {t(`state.${upload.state}`)}
      {share !== undefined && ` ${format.percent(share)}`}
    </StatusBadge>
  );
}
