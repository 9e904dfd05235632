import { Alert, Group, SegmentedControl, Spoiler, Text } from "@mantine/core";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { previewQuery } from "@/api/queries";
import { useLanguage } from "@/format/useFormat";
import { type Language, languages } from "@/i18n";
import { useIsPhone } from "./DataTable";
import { type Device, EmailFrame } from "./EmailFrame";
import { PanelSkeleton, QueryState } from "./QueryState";

/** A campaign's message as one customer gets it, in either language, on a desk or a phone. */
export function MessagePreviewView({ slug, customer }: { slug: string; customer?: string }) {
  const { t } = useTranslation();
  const phone = useIsPhone();
  const [device, setDevice] = useState<Device | "text">(phone ? "phone" : "desktop");
  const [language, setLanguage] = useState<Language>(useLanguage());
  const query = useQuery({ ...previewQuery(slug, { customer, language }), placeholderData: keepPreviousData });
  return (
    <>
      <Group gap="sm" mb="sm">
        <SegmentedControl
          size="xs"
          aria-label={t("email.language")}
          value={language}
          onChange={(value) => setLanguage(value as Language)}
          data={Object.entries(languages).map(([value, label]) => ({ value, label }))}
        />
        <SegmentedControl
          size="xs"
          aria-label={t("email.view")}
          value={device}
          onChange={(value) => setDevice(value as Device | "text")}
          data={[
            { value: "desktop", label: t("email.desktop") },
            { value: "phone", label: t("email.phone") },
            { value: "text", label: t("email.text") },
          ]}
        />
      </Group>
      <QueryState query={query} skeleton={<PanelSkeleton height={480} />}>
        {(preview) => (
          <>
            <Text size="sm">
              <Text component="span" c="dimmed" inherit>
                {t("email.to")}
              </Text>{" "}
              <b>{preview.customer.user_id}</b>
            </Text>
            <Text size="sm" mb="sm">
              <Text component="span" c="dimmed" inherit>
                {t("email.subject")}
              </Text>{" "}
              <b lang={preview.language}>{preview.subject}</b>
            </Text>
            {preview.warnings.length > 0 && (
              <Alert color="yellow" title={t("email.warnings")} mb="sm">
                <ul lang="en" style={{ margin: 0, paddingInlineStart: 18 }}>
                  {preview.warnings.map((warning) => (
                    <li key={warning}>{warning}</li>
                  ))}
                </ul>
              </Alert>
            )}
            {device === "text" ? (
              <Spoiler maxHeight={560} showLabel={t("action.showAll")} hideLabel={t("action.close")}>
                <Text
                  component="pre"
                  size="sm"
                  ff="monospace"
                  lang={preview.language}
                  m={0}
                  p="md"
                  bg="var(--bw-subtle)"
                  style={{ whiteSpace: "pre-wrap", borderRadius: 12 }}
                >
                  {preview.text}
                </Text>
              </Spoiler>
            ) : (
              <EmailFrame html={preview.html} subject={preview.subject} device={device} />
            )}
          </>
        )}
      </QueryState>
    </>
  );
}
