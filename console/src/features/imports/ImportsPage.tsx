import { Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { uploadsQuery } from "@/api/imports";
import { importsQuery } from "@/api/queries";
import { Page } from "@/components/Page";
import { PanelSkeleton, QueryState } from "@/components/QueryState";
import { DropFile } from "./DropFile";
import { EarlierImports } from "./EarlierImports";
import { Uploads } from "./Uploads";

/** A file is given here; files that are there, and everything that was imported. */
export function ImportsPage() {
  const { t } = useTranslation("imports");
  const navigate = useNavigate();
  const uploads = useQuery(uploadsQuery());
  const imports = useQuery(importsQuery());
  const isFirst = uploads.data?.uploads.length === 0 && imports.data?.length === 0;
  return (
    <Page title={t("title")} subtitle={t("subtitle")}>
      <QueryState query={uploads} skeleton={<PanelSkeleton height={320} />}>
        {(list) => (
          <Stack gap="md">
            <DropFile
              maxBytes={list.max_bytes}
              teaches={isFirst}
              onDone={(upload) => void navigate({ to: "/imports/$id", params: { id: upload.id } })}
            />
            {list.uploads.length > 0 && <Uploads uploads={list.uploads} />}
            <EarlierImports query={imports} />
          </Stack>
        )}
      </QueryState>
    </Page>
  );
}
