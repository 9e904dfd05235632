import { Button, Text } from "@mantine/core";
import { IconPencil } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { HookDetail } from "@/api/types";
import { Panel } from "@/components/Panel";

/** Which mapping makes events of deliveries: the one that comes with the product, or one of the source's own. */
export function HookMapping({ slug, hook }: { slug: string; hook: HookDetail }) {
  const { t } = useTranslation("sources");
  return (
    <Panel title={t("hook.mapping.title")} description={t("hook.mapping.text")}>
      <Text size="sm" mb="sm">
        {t(`hook.mapping.${mappingState(hook)}`)}
      </Text>
      <Button
        variant="default"
        leftSection={<IconPencil size={16} aria-hidden />}
        renderRoot={(props) => <Link to="/sources/$slug/mapping" params={{ slug }} {...props} />}
      >
        {t("hook.mapping.open")}
      </Button>
    </Panel>
  );
}

/** Whose mapping is in use. */
export function mappingState(hook: HookDetail): "own" | "ready" | "none" {
  if (typeof hook.mapping === "string") return "own";
  return hook.ready_mapping ? "ready" : "none";
}
