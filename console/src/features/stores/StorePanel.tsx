import { Drawer } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { StoreSummary } from "@/api/types";
import { Facts } from "@/components/Facts";
import { useFormat } from "@/format/useFormat";
import { StoreForm } from "./StoreForm";
import { daysOf, titleOf, useRevenue } from "./words";

export interface StorePanelProps {
  opened: boolean;
  /** Nothing for a new one. */
  store?: StoreSummary;
  asOf: string;
  /** Codes that there are. */
  taken: readonly string[];
  onClose: () => void;
}

/** One store beside the list: what happened there, and what people say of it. */
export function StorePanel({ opened, store, asOf, taken, onClose }: StorePanelProps) {
  const { t } = useTranslation("stores");
  const { t: common } = useTranslation();
  const [unsaved, setUnsaved] = useState(false);
  return (
    <Drawer
      opened={opened}
      onClose={onClose}
      closeOnClickOutside={!unsaved}
      position="right"
      size={460}
      styles={{ title: { fontWeight: 650, fontSize: 18 } }}
      title={store ? titleOf(store) : t("create.title")}
      closeButtonProps={{ "aria-label": common("action.close") }}
    >
      {store && <Numbers store={store} asOf={asOf} />}
      {opened && (
        <StoreForm key={store?.code ?? ""} store={store} taken={taken} onDone={onClose} onUnsaved={setUnsaved} />
      )}
    </Drawer>
  );
}

function Numbers({ store, asOf }: { store: StoreSummary; asOf: string }) {
  const { t } = useTranslation("stores");
  const format = useFormat();
  const revenue = useRevenue();
  const { events } = daysOf(store);
  return (
    <Facts
      facts={[
        { label: t("field.code"), value: store.code },
        { label: t("column.revenue"), value: revenue(store) },
        { label: t("column.orders"), value: format.number(store.orders) },
        { label: t("refunds"), value: format.number(store.refunds) },
        { label: t("column.events"), value: format.number(store.events) },
        { label: t("column.days"), value: t("events", { count: events, shown: format.number(events) }) },
        {
          label: t("column.lastEvent"),
          value: store.last_event_at ? format.ago(store.last_event_at, asOf) : t("never"),
        },
      ]}
    />
  );
}
