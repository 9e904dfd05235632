import { Anchor, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { Upload } from "@/api/imports";
import { type Column, DataTable } from "@/components/DataTable";
import { Panel } from "@/components/Panel";
import { TwoLines } from "@/components/TwoLines";
import { useFormat } from "@/format/useFormat";
import { UploadBadge } from "./UploadBadge";

/** Files that are there, are being imported, or were imported in the last days. */
export function Uploads({ uploads }: { uploads: readonly Upload[] }) {
  const { t } = useTranslation("imports");
  const format = useFormat();
  const rows = (upload: Upload) => upload.outcome?.rows ?? upload.progress?.rows;
  const shownRows = (upload: Upload) => {
    const count = rows(upload);
    return count === undefined ? "–" : format.number(count);
  };
  const columns: Column<Upload>[] = [
    {
      key: "name",
      header: t("uploads.file"),
      cell: (upload) => (
        <>
          <FileLink upload={upload} />
          <Text component="span" size="xs" c="dimmed" fw={400} display="block">
            {upload.source ?? format.bytes(upload.bytes)}
          </Text>
        </>
      ),
    },
    { key: "at", header: t("uploads.at"), cell: (upload) => format.dateTime(upload.at), wide: true },
    { key: "rows", header: t("uploads.rows"), end: true, cell: shownRows },
    { key: "state", header: t("uploads.state"), end: true, cell: (upload) => <UploadBadge upload={upload} /> },
  ];
  return (
    <Panel title={t("uploads.title")} description={t("uploads.text")} flush>
      <DataTable
        caption={t("uploads.title")}
        columns={columns}
        rows={uploads}
        rowKey={(upload) => upload.id}
        linked
        card={(upload) => (
          <TwoLines
            title={<FileLink upload={upload} />}
            end={<UploadBadge upload={upload} />}
            text={upload.source ?? format.bytes(upload.bytes)}
            note={format.dateTime(upload.at)}
          />
        )}
      />
    </Panel>
  );
}

function FileLink({ upload }: { upload: Upload }) {
  return (
    <Anchor c="inherit" renderRoot={(props) => <Link {...props} to="/imports/$id" params={{ id: upload.id }} />}>
      {upload.name}
    </Anchor>
  );
}
