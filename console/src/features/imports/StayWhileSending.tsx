import { useBlocker } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { ConfirmDialog } from "@/components/ConfirmDialog";

/** Asks whoever leaves the page while a file is being sent: what was sent so far would be lost. */
export function StayWhileSending({ name, isSending }: { name: string; isSending: () => boolean }) {
  const { t } = useTranslation("imports");
  const { status, proceed, reset } = useBlocker({
    shouldBlockFn: ({ current, next }) => current.pathname !== next.pathname && isSending(),
    enableBeforeUnload: isSending,
    withResolver: true,
  });
  return (
    <ConfirmDialog
      opened={status === "blocked"}
      onClose={() => reset?.()}
      title={t("leave.title", { name })}
      text={t("leave.text")}
      confirm={t("leave.confirm")}
      pending={false}
      error={null}
      onConfirm={() => proceed?.()}
    />
  );
}
