import { Alert } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Upload } from "@/api/imports";
import { useFormat } from "@/format/useFormat";
import { RejectsLink } from "./RejectsLink";

/** Why an import ended early, and what that means. */
export function Stopped({ upload }: { upload: Upload }) {
  const { t } = useTranslation("imports");
  const format = useFormat();
  if (upload.state !== "failed" && upload.state !== "cancelled") return null;
  const { progress } = upload;
  return (
    <Alert
      color={upload.state === "failed" ? "red" : "blue"}
      role="status"
      title={t(upload.state === "failed" ? "stopped.failed" : "stopped.cancelled")}
    >
      {upload.error && (
        <p style={{ margin: "0 0 6px" }} lang="en">
          {upload.error}
        </p>
      )}
      <p style={{ margin: 0 }}>
        {t(progress && progress.events > 0 ? "stopped.text" : "stopped.nothing", {
          rows: format.number(progress?.rows ?? 0),
        })}
      </p>
      {progress && progress.rejected > 0 && (
        <div style={{ marginTop: 10 }}>
          <RejectsLink source={upload.source} behind={progress.rejects_behind} />
        </div>
      )}
    </Alert>
  );
}
