import { Code } from "@mantine/core";
import { IconBuildingStore } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { EmptyState } from "@/components/EmptyState";
import classes from "./Stores.module.css";

/** What a store is, and how receipts come in. */
export function NoStores({ action }: { action: ReactNode }) {
  const { t } = useTranslation("stores");
  return (
    <EmptyState
      icon={IconBuildingStore}
      title={t("empty.title")}
      text={
        <>
          {t("empty.text")}
          <ul className={classes.ways}>
            <li>
              {t("empty.file")} <Code>bellwether import receipts.csv --mapping packs/mappings/till-receipts.toml</Code>
            </li>
            <li>{t("empty.hook")}</li>
            <li>
              {t("empty.property")} <Code>store_id</Code>, <Code>store_name</Code>
            </li>
          </ul>
          <p className={classes.aside}>
            {t("empty.list")} <Code>bellwether store import stores.csv</Code>
          </p>
        </>
      }
      action={action}
    />
  );
}
