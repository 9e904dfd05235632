import { Alert, Button, Group, Text } from "@mantine/core";
import { IconFileUpload, IconShieldExclamation, IconUsers } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { Upload } from "@/api/imports";
import { Panel } from "@/components/Panel";
import { StatCard, StatGrid } from "@/components/StatCard";
import { useFormat } from "@/format/useFormat";
import { RejectsLink } from "./RejectsLink";

/** What came of it, and where to go from here. */
export function OutcomePanel({ upload, outcome }: { upload: Upload; outcome: NonNullable<Upload["outcome"]> }) {
  const { t } = useTranslation("imports");
  const format = useFormat();
  const inQuarantine = outcome.rejects_up_to > outcome.rejects_behind;
  return (
    <Panel title={t(outcome.already_imported ? "outcome.already" : "outcome.title")}>
      {outcome.already_imported && (
        <Alert color="blue" mb="md">
          {t("outcome.alreadyText")}
        </Alert>
      )}
      <StatGrid label={t("outcome.numbers")}>
        <StatCard label={t("progress.rows")} value={format.number(outcome.rows)} />
        <StatCard label={t("progress.events")} value={format.number(outcome.events)} />
        <StatCard label={t("progress.rejected")} value={format.number(outcome.rejected)} />
      </StatGrid>
      <Group gap="sm" mt="md">
        <Button
          leftSection={<IconUsers size={16} aria-hidden />}
          renderRoot={(props) => <Link {...props} to="/customers" />}
        >
          {t("outcome.customers")}
        </Button>
        {inQuarantine && (
          <RejectsLink
            source={upload.source}
            behind={outcome.rejects_behind}
            upTo={outcome.rejects_up_to}
            icon={<IconShieldExclamation size={16} aria-hidden />}
          />
        )}
        <Button
          variant="default"
          leftSection={<IconFileUpload size={16} aria-hidden />}
          renderRoot={(props) => <Link {...props} to="/imports" />}
        >
          {t("outcome.another")}
        </Button>
      </Group>
      <Text size="sm" c="dimmed" mt="md" maw="70ch">
        {t("outcome.next")} <code>bellwether refresh</code>
      </Text>
    </Panel>
  );
}
