import { Button } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { storesQuery } from "@/api/queries";
import { Page } from "@/components/Page";
import { Panel } from "@/components/Panel";
import { PanelSkeleton, QueryState } from "@/components/QueryState";
import { NoStores } from "./NoStores";
import { StorePanel } from "./StorePanel";
import { StoreTable } from "./StoreTable";

/** Every store, and what happened there; one of them open beside the list. */
export function StoresPage() {
  const { t } = useTranslation("stores");
  const query = useQuery(storesQuery());
  const search = useSearch({ from: "/stores" });
  const navigate = useNavigate({ from: "/stores" });
  const [creating, setCreating] = useState(false);
  const stores = query.data?.stores ?? [];
  const open = stores.find((store) => store.code === search.store);
  const close = () => {
    setCreating(false);
    void navigate({ search: {}, replace: true });
  };
  const add = (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setCreating(true)}>
      {t("add")}
    </Button>
  );
  return (
    <Page title={t("title")} subtitle={t("subtitle")} actions={stores.length > 0 && add}>
      <QueryState query={query} skeleton={<PanelSkeleton height={320} />}>
        {(list) => (
          <Panel flush>
            {list.stores.length === 0 ? (
              <NoStores action={add} />
            ) : (
              <StoreTable stores={list.stores} asOf={list.as_of} />
            )}
          </Panel>
        )}
      </QueryState>
      <StorePanel
        opened={creating || open !== undefined}
        store={creating ? undefined : open}
        asOf={query.data?.as_of ?? ""}
        taken={stores.map((store) => store.code)}
        onClose={close}
      />
    </Page>
  );
}
