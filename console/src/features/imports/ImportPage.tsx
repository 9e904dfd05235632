import { Stack } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { isUnderWay, type Upload, uploadQuery, useRemoveUpload } from "@/api/imports";
import { Page } from "@/components/Page";
import { PageSkeleton, QueryState } from "@/components/QueryState";
import { RemoveButton } from "@/components/RemoveButton";
import { useFormat } from "@/format/useFormat";
import { ImportSteps } from "./ImportSteps";
import { MappingStep } from "./MappingStep";
import { OutcomePanel } from "./OutcomePanel";
import { ProgressPanel } from "./ProgressPanel";
import { UploadBadge } from "./UploadBadge";

const route = getRouteApi("/imports/$id");

/** One file on its way in: what it seems to be, the mapping beside what it makes of the rows, progress, and what came of it. */
export function ImportPage() {
  const { t } = useTranslation("imports");
  const format = useFormat();
  const { id } = route.useParams();
  const query = useQuery(uploadQuery(id));
  const upload = query.data;
  useNewsOf(upload);
  return (
    <Page
      title={upload?.name ?? t("one.title")}
      badge={upload && <UploadBadge upload={upload} />}
      subtitle={upload && t("one.subtitle", { size: format.bytes(upload.bytes), at: format.dateTime(upload.at) })}
      back={{ link: { to: "/imports" }, label: t("title") }}
      actions={upload && !isUnderWay(upload) && <Remove upload={upload} />}
    >
      <QueryState query={query} skeleton={<PageSkeleton />}>
        {(found) => (
          <Stack gap="md">
            <ImportSteps upload={found} />
            <Step upload={found} />
          </Stack>
        )}
      </QueryState>
    </Page>
  );
}

function Step({ upload }: { upload: Upload }) {
  if (isUnderWay(upload)) return <ProgressPanel upload={upload} />;
  if (upload.outcome) return <OutcomePanel upload={upload} outcome={upload.outcome} />;
  return <MappingStep key={upload.id} upload={upload} />;
}

/** When an import has ended, everything that was asked for before may be out of date. */
function useNewsOf(upload: Upload | undefined) {
  const client = useQueryClient();
  const wasUnderWay = useRef(false);
  useEffect(() => {
    if (!upload) return;
    if (wasUnderWay.current && !isUnderWay(upload)) void client.invalidateQueries();
    wasUnderWay.current = isUnderWay(upload);
  }, [client, upload]);
}

function Remove({ upload }: { upload: Upload }) {
  const { t } = useTranslation("imports");
  const navigate = useNavigate();
  const removal = useRemoveUpload(upload.id);
  return (
    <RemoveButton
      label={t("remove.button")}
      title={t("remove.title", { name: upload.name })}
      text={t(upload.outcome ? "remove.done" : "remove.text")}
      removal={removal}
      onConfirm={() => removal.mutate(undefined, { onSuccess: () => void navigate({ to: "/imports" }) })}
    />
  );
}
