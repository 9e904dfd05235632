import { Alert } from "@mantine/core";
import { IconPlugConnectedX } from "@tabler/icons-react";
import type { UseQueryResult } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { useErrorText } from "@/api/errors";
import { useFormat } from "@/format/useFormat";

/** Says that the numbers on a page that asks again and again are not of now any more. */
export function NoLongerLive({ query, asOf }: { query: UseQueryResult; asOf?: string }) {
  const { t } = useTranslation("sources");
  const format = useFormat();
  const errorText = useErrorText();
  if (!query.isRefetchError || !asOf) return null;
  return (
    <Alert color="yellow" icon={<IconPlugConnectedX size={18} aria-hidden />} title={errorText(query.error).title}>
      {t("stale", { time: format.dateTime(asOf) })}
    </Alert>
  );
}
