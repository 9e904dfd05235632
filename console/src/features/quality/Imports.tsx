import { Anchor, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { importsQuery } from "@/api/queries";
import { Panel } from "@/components/Panel";
import { QueryState } from "@/components/QueryState";
import { ImportTable } from "@/features/imports/ImportTable";

/** Every file that was imported. */
export function Imports() {
  const { t } = useTranslation("quality");
  const query = useQuery(importsQuery());
  return (
    <Panel title={t("imports.title")} flush>
      <QueryState query={query}>
        {(rows) =>
          rows.length === 0 ? (
            <Text size="sm" c="dimmed" px={18} pb={18}>
              {t("imports.none")}{" "}
              <Anchor renderRoot={(props) => <Link to="/imports" {...props} />}>{t("imports.link")}</Anchor>
            </Text>
          ) : (
            <ImportTable rows={rows} caption={t("imports.title")} />
          )
        }
      </QueryState>
    </Panel>
  );
}
