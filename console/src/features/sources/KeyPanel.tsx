import { ActionIcon, Button, Group, Text, Tooltip } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconEye, IconEyeOff, IconRefresh } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { useRotateKey } from "@/api/sources";
import type { SourceDetail } from "@/api/types";
import { ConfirmDialog } from "@/components/ConfirmDialog";
import { CopyButton } from "@/components/CopyButton";
import { Panel } from "@/components/Panel";
import classes from "./Sources.module.css";
import { masked } from "./snippets";

export interface KeyPanelProps {
  detail: SourceDetail;
  revealed: boolean;
  onReveal: (revealed: boolean) => void;
}

/** The write key: shown as dots, to be revealed, copied and replaced. */
export function KeyPanel({ detail, revealed, onReveal }: KeyPanelProps) {
  const { t } = useTranslation("sources");
  const [asking, { open, close }] = useDisclosure(false);
  const rotate = useRotateKey(detail.source.slug);
  const toggle = revealed ? t("key.hide") : t("key.reveal");
  const Eye = revealed ? IconEyeOff : IconEye;
  return (
    <Panel title={t("key.title")} description={t("key.text")}>
      <div className={classes.key}>
        <code className={classes.keyText} data-testid="write-key">
          {revealed ? detail.write_key : masked(detail.write_key)}
        </code>
        <Tooltip label={toggle}>
          <ActionIcon aria-label={toggle} aria-pressed={revealed} onClick={() => onReveal(!revealed)}>
            <Eye size={18} />
          </ActionIcon>
        </Tooltip>
      </div>
      <Group gap="sm" mt="sm">
        <CopyButton text={detail.write_key} about={t("key.title")} />
        <Button
          size="compact-sm"
          variant="default"
          leftSection={<IconRefresh size={15} aria-hidden />}
          onClick={() => {
            rotate.reset();
            open();
          }}
        >
          {t("key.rotate")}
        </Button>
      </Group>
      <Text size="xs" c="dimmed" mt="sm" role="status">
        {rotate.isSuccess && !asking ? t("key.rotated") : ""}
      </Text>
      <ConfirmDialog
        opened={asking}
        onClose={close}
        title={t("key.rotateTitle")}
        text={t("key.rotateText")}
        confirm={t("key.rotate")}
        onConfirm={() => rotate.mutate(undefined, { onSuccess: close })}
        pending={rotate.isPending}
        error={rotate.error}
      />
    </Panel>
  );
}
