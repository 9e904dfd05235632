import { Alert, Button, Group, Modal, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useErrorText } from "@/api/errors";

export interface ConfirmDialogProps {
  opened: boolean;
  onClose: () => void;
  title: string;
  /** What will happen, and what that means for whom. */
  text: ReactNode;
  /** What the button does, in a word or two. */
  confirm: string;
  onConfirm: () => void;
  /** It is being done. */
  pending: boolean;
  /** Why it could not be done. */
  error: Error | null;
  /** Whether something is lost by it; so it is where nothing is said. */
  tone?: "danger" | "harmless";
}

/** Asks before something is done that cannot be undone. */
export function ConfirmDialog(props: ConfirmDialogProps) {
  const { opened, onClose, title, text, confirm, onConfirm, pending, error, tone = "danger" } = props;
  const { t } = useTranslation();
  const errorText = useErrorText();
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={title}
      centered
      closeButtonProps={{ "aria-label": t("action.close") }}
    >
      <Text component="div" size="sm">
        {text}
      </Text>
      {error && (
        <Alert color="red" mt="md" role="alert" title={errorText(error).title}>
          {errorText(error).detail}
        </Alert>
      )}
      <Group justify="flex-end" mt="lg" gap="sm">
        <Button variant="default" onClick={onClose}>
          {t("action.cancel")}
        </Button>
        <Button color={tone === "danger" ? "var(--bw-danger)" : undefined} loading={pending} onClick={onConfirm}>
          {confirm}
        </Button>
      </Group>
    </Modal>
  );
}
