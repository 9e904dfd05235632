import { Button, Group, Text, Title } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { PlanChangeRow } from "@/api/types";
import { StatusBadge } from "@/components/StatusBadge";
import { useFormat } from "@/format/useFormat";
import { modeTone } from "./words";

interface HistoryProps {
  changes: readonly PlanChangeRow[];
  onTake: (schema: unknown) => void;
}

/** Who changed what, when and why; each can be taken into the editor again. */
export function History({ changes, onTake }: HistoryProps) {
  const { t } = useTranslation("plan");
  const format = useFormat();
  return (
    <section aria-label={t("history.title")}>
      <Title order={3} fz="sm" mb={6}>
        {t("history.title")}
      </Title>
      <ol style={{ listStyle: "none", margin: 0, padding: 0, display: "grid", gap: 8 }}>
        {changes.map((change) => (
          <li key={change.version}>
            <Group justify="space-between" gap="xs" wrap="nowrap" align="flex-start">
              <div style={{ minWidth: 0 }}>
                <Group gap={8}>
                  <Text size="sm" fw={600}>
                    {t("history.version", { version: change.version })}
                  </Text>
                  {change.mode ? (
                    <StatusBadge tone={modeTone[change.mode]}>{t(`mode.${change.mode}`)}</StatusBadge>
                  ) : (
                    <StatusBadge>{t("history.removed")}</StatusBadge>
                  )}
                </Group>
                <Text size="xs" c="dimmed" style={{ overflowWrap: "anywhere" }}>
                  {[format.dateTime(change.at), change.author, change.note].filter(Boolean).join(" · ")}
                </Text>
              </div>
              {change.schema && (
                <Button
                  size="compact-sm"
                  variant="default"
                  style={{ flex: "none" }}
                  aria-label={t("history.takeOf", { version: change.version })}
                  onClick={() => onTake(change.schema)}
                >
                  {t("history.take")}
                </Button>
              )}
            </Group>
          </li>
        ))}
      </ol>
    </section>
  );
}
