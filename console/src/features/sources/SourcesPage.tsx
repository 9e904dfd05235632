import { Button } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { sourcesQuery } from "@/api/queries";
import { Page } from "@/components/Page";
import { Panel } from "@/components/Panel";
import { PanelSkeleton, QueryState } from "@/components/QueryState";
import { CreateSource } from "./CreateSource";
import { NoLongerLive } from "./NoLongerLive";
import { NoSources } from "./NoSources";
import { SourceTable } from "./SourceTable";
import { pollEvery } from "./words";

/** Every source, and how busy it is right now. */
export function SourcesPage() {
  const { t } = useTranslation("sources");
  const query = useQuery({ ...sourcesQuery(), refetchInterval: pollEvery });
  const [creating, { open, close }] = useDisclosure(false);
  const some = (query.data?.sources.length ?? 0) > 0;
  return (
    <Page
      title={t("title")}
      subtitle={t("subtitle")}
      actions={
        some && (
          <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={open}>
            {t("add")}
          </Button>
        )
      }
    >
      <NoLongerLive query={query} asOf={query.data?.as_of} />
      <QueryState query={query} skeleton={<PanelSkeleton height={320} />}>
        {(list) => (
          <Panel flush>
            {list.sources.length === 0 ? (
              <NoSources onCreate={open} />
            ) : (
              <SourceTable sources={list.sources} asOf={list.as_of} />
            )}
          </Panel>
        )}
      </QueryState>
      <CreateSource opened={creating} onClose={close} />
    </Page>
  );
}
