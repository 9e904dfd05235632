import { Alert, Button, Group } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconPlayerPlay } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useErrorText } from "@/api/errors";
import {
  type FileLook,
  lookQuery,
  type MappingPreview,
  mappingPreviewQuery,
  type Upload,
  useStartImport,
} from "@/api/imports";
import { PageSkeleton, QueryState } from "@/components/QueryState";
import { keepDraft, keptDraft } from "./drafts";
import classes from "./Imports.module.css";
import { LookPanel } from "./LookPanel";
import { MappingEditor } from "./MappingEditor";
import { PreviewPanel } from "./PreviewPanel";
import { Stopped } from "./Stopped";

/** What the file seems to be, and the mapping beside what it makes of the first rows. */
export function MappingStep({ upload }: { upload: Upload }) {
  const look = useQuery(lookQuery(upload.id));
  return (
    <>
      <Stopped upload={upload} />
      <QueryState query={look} skeleton={<PageSkeleton />}>
        {(found) => <Mapping upload={upload} look={found} />}
      </QueryState>
    </>
  );
}

function Mapping({ upload, look }: { upload: Upload; look: FileLook }) {
  const [text, setText] = useState(() => keptDraft(upload.id) ?? upload.mapping ?? look.draft);
  const [settled] = useDebouncedValue(text, 350);
  const preview = useQuery(mappingPreviewQuery(upload.id, settled));
  const change = (next: string) => {
    setText(next);
    keepDraft(upload.id, next);
  };
  return (
    <>
      <LookPanel look={look} />
      <div className={classes.mapping}>
        <MappingEditor
          text={text}
          onChange={change}
          draft={look.draft}
          problem={text === settled && !preview.isPlaceholderData ? preview.data?.mapping_problem : undefined}
        />
        <PreviewPanel query={preview} isStale={preview.isPlaceholderData || text !== settled} />
      </div>
      <Start upload={upload} text={text} preview={text === settled ? preview.data : undefined} />
    </>
  );
}

function Start({ upload, text, preview }: { upload: Upload; text: string; preview?: MappingPreview }) {
  const { t } = useTranslation("imports");
  const errorText = useErrorText();
  const start = useStartImport(upload.id);
  const isWrong = Boolean(preview?.mapping_problem || preview?.file_problem);
  const cannot = isWrong || preview?.standing === "other_mapping";
  // Where nothing became an event there is nothing to go on behind.
  const broughtNothing = preview?.standing === "unfinished" && upload.progress?.events === 0;
  const goesOn = preview?.standing === "unfinished" && !broughtNothing;
  return (
    <div className={classes.start}>
      {preview && preview.standing !== "new" && (
        <Alert color={preview.standing === "other_mapping" ? "red" : "blue"} role="status">
          {t(broughtNothing ? "standing.nothing" : `standing.${preview.standing}`)}
        </Alert>
      )}
      {start.isError && (
        <Alert color="red" role="alert" title={errorText(start.error).title}>
          {errorText(start.error).detail}
        </Alert>
      )}
      <Group justify="flex-end" gap="sm">
        <Button
          size="md"
          leftSection={<IconPlayerPlay size={18} aria-hidden />}
          loading={start.isPending}
          disabled={!preview || cannot}
          onClick={() => start.mutate(text)}
        >
          {t(goesOn ? "start.goOn" : "start.button")}
        </Button>
      </Group>
    </div>
  );
}
