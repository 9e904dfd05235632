import { Alert, Button } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconSend } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type RejectFilter, useReplayAll } from "@/api/quarantine";
import { rejectsQuery } from "@/api/queries";
import { ConfirmDialog } from "@/components/ConfirmDialog";
import { useFormat } from "@/format/useFormat";

/** Sends again all events that match, after saying how many they are. */
export function ReplayAll({ filter }: { filter: RejectFilter }) {
  const { t } = useTranslation("quality");
  const format = useFormat();
  const [asking, ask] = useDisclosure(false);
  const [sent, setSent] = useState(0);
  const replay = useReplayAll(filter, setSent);
  const found = useQuery(rejectsQuery({ ...filter, replayable: true, page_size: 1 }));
  const count = found.data?.total ?? 0;
  const say = (number: number) => ({ count: number, shown: format.number(number) });
  const close = () => {
    replay.reset();
    setSent(0);
    ask.close();
  };
  return (
    <>
      {replay.isSuccess && (
        <Alert
          color="green"
          p="xs"
          role="status"
          withCloseButton
          closeButtonLabel={t("replayAll.dismiss")}
          onClose={close}
        >
          {t("replayAll.done", say(replay.data.sent))}
          {replay.data.skipped > 0 && ` ${t("replayAll.skipped", say(replay.data.skipped))}`}
        </Alert>
      )}
      <Button leftSection={<IconSend size={16} aria-hidden />} disabled={count === 0} onClick={ask.open}>
        {t("replayAll.button", { shown: format.number(count) })}
      </Button>
      <ConfirmDialog
        opened={asking}
        onClose={close}
        title={t("replayAll.title", say(count))}
        text={
          <>
            {t("replayAll.text")}
            {replay.isPending && sent > 0 && <p role="status">{t("replayAll.progress", say(sent))}</p>}
          </>
        }
        confirm={t("replay.send")}
        tone="harmless"
        pending={replay.isPending}
        error={replay.error}
        onConfirm={() => replay.mutate(undefined, { onSuccess: ask.close })}
      />
    </>
  );
}
