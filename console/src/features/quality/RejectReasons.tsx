import { Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Quality } from "@/api/types";
import { Bars } from "@/components/Bars";
import { Panel } from "@/components/Panel";
import { useFormat } from "@/format/useFormat";

/** Why rows are in quarantine. */
export function RejectReasons({ quality }: { quality: Quality }) {
  const { t } = useTranslation("quality");
  const format = useFormat();
  const sums = new Map<(typeof quality.rejects)[number]["reason"], number>();
  for (const row of quality.rejects) sums.set(row.reason, (sums.get(row.reason) ?? 0) + row.rows);
  const bars = [...sums]
    .sort((a, b) => b[1] - a[1])
    .map(([reason, rows]) => ({ key: reason, label: t(`reason.${reason}`), value: rows, text: format.number(rows) }));
  return (
    <Panel title={t("reasons.title")} description={t("reasons.text")}>
      {bars.length === 0 ? (
        <Text size="sm" c="dimmed">
          {t("reasons.none")}
        </Text>
      ) : (
        <Bars label={t("reasons.title")} bars={bars} />
      )}
    </Panel>
  );
}
