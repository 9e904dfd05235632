import { Button } from "@mantine/core";
import { IconMapQuestion } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { EmptyState } from "@/components/EmptyState";
import { Page } from "@/components/Page";
import { Panel } from "@/components/Panel";

/** For an address that leads nowhere. */
export function NotFound() {
  const { t } = useTranslation("shell");
  return (
    <Page title={t("missing.title")}>
      <Panel>
        <EmptyState
          icon={IconMapQuestion}
          title={t("missing.title")}
          text={t("missing.text")}
          action={
            <Button mt="sm" renderRoot={(props) => <Link to="/" {...props} />}>
              {t("missing.home")}
            </Button>
          }
        />
      </Panel>
    </Page>
  );
}
