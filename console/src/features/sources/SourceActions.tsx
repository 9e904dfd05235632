import { ActionIcon, Alert, Button, Menu } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconDots, IconPencil, IconPlayerPause, IconPlayerPlay, IconTrash } from "@tabler/icons-react";
import { useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useErrorText } from "@/api/errors";
import { useChangeSource, useRemoveSource } from "@/api/sources";
import type { SourceSummary } from "@/api/types";
import { ConfirmDialog } from "@/components/ConfirmDialog";
import { RenameSource } from "./RenameSource";

/** Enable or disable; rename and remove behind three dots. */
export function SourceActions({ source }: { source: SourceSummary }) {
  const { t } = useTranslation("sources");
  const errorText = useErrorText();
  const [renaming, rename] = useDisclosure(false);
  const change = useChangeSource(source.slug);
  const [asking, ask] = useDisclosure(false);
  return (
    <>
      {change.isError && (
        <Alert color="red" p="xs" role="alert">
          {errorText(change.error).title}
        </Alert>
      )}
      <Button
        variant="default"
        leftSection={
          source.enabled ? <IconPlayerPause size={16} aria-hidden /> : <IconPlayerPlay size={16} aria-hidden />
        }
        loading={change.isPending}
        onClick={() => change.mutate({ enabled: !source.enabled })}
      >
        {t(source.enabled ? "actions.disable" : "actions.enable")}
      </Button>
      <Menu position="bottom-end" shadow="md" width={200}>
        <Menu.Target>
          <ActionIcon variant="default" size={36} aria-label={t("actions.more")}>
            <IconDots size={18} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconPencil size={16} aria-hidden />} onClick={rename.open}>
            {t("actions.rename")}
          </Menu.Item>
          <Menu.Item
            c="var(--mantine-color-error)"
            leftSection={<IconTrash size={16} aria-hidden />}
            onClick={ask.open}
          >
            {t("actions.remove")}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <RenameSource source={source} opened={renaming} onClose={rename.close} />
      <RemoveSource source={source} opened={asking} onClose={ask.close} />
    </>
  );
}

function RemoveSource(props: { source: SourceSummary; opened: boolean; onClose: () => void }) {
  const { source, opened, onClose } = props;
  const { t } = useTranslation("sources");
  const navigate = useNavigate();
  const remove = useRemoveSource(source.slug);
  return (
    <ConfirmDialog
      opened={opened}
      onClose={() => {
        remove.reset();
        onClose();
      }}
      title={t("remove.title", { name: source.name })}
      text={t("remove.text")}
      confirm={t("actions.remove")}
      pending={remove.isPending}
      error={remove.error}
      onConfirm={() => remove.mutate(undefined, { onSuccess: () => void navigate({ to: "/sources" }) })}
    />
  );
}
