import { Alert, Button, Group } from "@mantine/core";
import { IconDownload, IconMoodSearch, IconShieldCheck } from "@tabler/icons-react";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { exportAddress, type RejectFilter } from "@/api/quarantine";
import { rejectsQuery } from "@/api/queries";
import type { Quality } from "@/api/types";
import { EmptyState } from "@/components/EmptyState";
import { Pager } from "@/components/Pager";
import { Panel } from "@/components/Panel";
import { QueryState } from "@/components/QueryState";
import classes from "./Quality.module.css";
import { QuarantineFilters } from "./QuarantineFilters";
import { RejectDialog } from "./RejectDialog";
import { RejectTable } from "./RejectTable";
import { ReplayAll } from "./ReplayAll";

const route = getRouteApi("/quality");
const pageSize = 25;

/** What could not be used: found, looked at, mended, sent again or removed. */
export function Quarantine({ quality }: { quality: Quality }) {
  const { t } = useTranslation("quality");
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const page = (search.page ?? 1) - 1;
  const filter: RejectFilter = {
    q: search.q,
    reason: search.reason,
    source: search.source,
    behind: search.behind,
    up_to: search.upTo,
  };
  const query = useQuery({
    ...rejectsQuery({ ...filter, page, page_size: pageSize }),
    placeholderData: keepPreviousData,
  });
  const isFiltered = Object.values(filter).some((value) => value !== undefined);
  const [sent, setSent] = useState(false);
  const close = () => void navigate({ search: (old) => ({ ...old, row: undefined }), resetScroll: false });
  const nothing = quality.rejects.length === 0 && !isFiltered;
  return (
    <Panel
      title={t("quarantine.title")}
      description={t("quarantine.text")}
      actions={!nothing && <Actions filter={filter} />}
      flush
    >
      {sent && (
        <Alert
          color="green"
          mx={18}
          mb="sm"
          role="status"
          withCloseButton
          closeButtonLabel={t("replayAll.dismiss")}
          onClose={() => setSent(false)}
        >
          {t("replay.sent")}
        </Alert>
      )}
      {!nothing && <QuarantineFilters quality={quality} filter={filter} />}
      <QueryState query={query}>
        {(data) =>
          data.total === 0 ? (
            <Nothing isFiltered={isFiltered} />
          ) : (
            <>
              <RejectTable rows={data.rows} stale={query.isPlaceholderData} />
              <Pager
                label={t("quarantine.pages")}
                page={page}
                pageSize={pageSize}
                total={data.total}
                onPage={(next) =>
                  void navigate({
                    search: (old) => ({ ...old, page: next === 0 ? undefined : next + 1 }),
                    resetScroll: false,
                  })
                }
              />
            </>
          )
        }
      </QueryState>
      <RejectDialog
        id={search.row}
        onClose={close}
        onSent={() => {
          setSent(true);
          close();
        }}
      />
    </Panel>
  );
}

function Actions({ filter }: { filter: RejectFilter }) {
  const { t } = useTranslation("quality");
  return (
    <Group gap="xs">
      <Button
        component="a"
        variant="default"
        href={exportAddress(filter)}
        download="quarantine.jsonl"
        leftSection={<IconDownload size={16} aria-hidden />}
      >
        {t("quarantine.export")}
      </Button>
      <ReplayAll filter={filter} />
    </Group>
  );
}

/** Nothing that matches, or nothing at all: then what would come here, and what could be done with it. */
function Nothing({ isFiltered }: { isFiltered: boolean }) {
  const { t } = useTranslation("quality");
  if (isFiltered) {
    return <EmptyState icon={IconMoodSearch} title={t("quarantine.noMatch")} text={t("quarantine.noMatchText")} />;
  }
  return (
    <EmptyState
      icon={IconShieldCheck}
      title={t("quarantine.empty")}
      text={
        <>
          {t("quarantine.emptyText")}
          <ul className={classes.teach}>
            {(["events", "files", "never"] as const).map((what) => (
              <li key={what}>{t(`quarantine.teach.${what}`)}</li>
            ))}
          </ul>
        </>
      }
    />
  );
}
