import { Button, Code } from "@mantine/core";
import { IconPlugConnected, IconPlus } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { EmptyState } from "@/components/EmptyState";
import classes from "./Sources.module.css";

/** What a source is, and the three steps to the first event. */
export function NoSources({ onCreate }: { onCreate: () => void }) {
  const { t } = useTranslation("sources");
  return (
    <EmptyState
      icon={IconPlugConnected}
      title={t("empty.title")}
      text={
        <>
          {t("empty.text")}
          <ol className={classes.steps}>
            {(["create", "paste", "watch"] as const).map((step) => (
              <li key={step}>{t(`empty.${step}`)}</li>
            ))}
          </ol>
          <p className={classes.aside}>
            {t("empty.segment")} {t("empty.cli")} <Code>bellwether source add</Code>
          </p>
        </>
      }
      action={
        <Button mt="xs" leftSection={<IconPlus size={16} aria-hidden />} onClick={onCreate}>
          {t("add")}
        </Button>
      }
    />
  );
}
