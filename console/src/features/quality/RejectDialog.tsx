import { Group, Modal, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useRemoveReject } from "@/api/quarantine";
import { rejectQuery } from "@/api/queries";
import type { RejectRow } from "@/api/types";
import { CodeBlock } from "@/components/CodeBlock";
import { useIsPhone } from "@/components/DataTable";
import { type Fact, Facts } from "@/components/Facts";
import { QueryState } from "@/components/QueryState";
import { RemoveButton } from "@/components/RemoveButton";
import { StatusBadge } from "@/components/StatusBadge";
import { useFormat } from "@/format/useFormat";
import { EventEditor } from "./EventEditor";

/** All that is known of one row in quarantine, and what can be done with it. */
export function RejectDialog({ id, onClose, onSent }: { id?: number; onClose: () => void; onSent: () => void }) {
  const { t } = useTranslation("quality");
  const { t: common } = useTranslation();
  const phone = useIsPhone();
  const [unsaved, setUnsaved] = useState(false);
  return (
    <Modal
      opened={id !== undefined}
      onClose={onClose}
      title={t("one.title", { id })}
      size={760}
      fullScreen={phone}
      closeOnClickOutside={!unsaved}
      closeButtonProps={{ "aria-label": common("action.close") }}
    >
      {id !== undefined && <Loaded key={id} id={id} onClose={onClose} onSent={onSent} onUnsaved={setUnsaved} />}
    </Modal>
  );
}

interface AroundProps {
  onClose: () => void;
  onSent: () => void;
  onUnsaved: (unsaved: boolean) => void;
}

function Loaded({ id, ...rest }: { id: number } & AroundProps) {
  const query = useQuery(rejectQuery(id));
  return <QueryState query={query}>{(row) => <Content row={row} {...rest} />}</QueryState>;
}

function Content({ row, onClose, onSent, onUnsaved }: { row: RejectRow } & AroundProps) {
  const { t } = useTranslation("quality");
  return (
    <Stack gap="md">
      <div>
        <StatusBadge tone="warn">{t(`reason.${row.reason}`)}</StatusBadge>
        <Text size="sm" mt={6} lang="en" style={{ overflowWrap: "anywhere" }}>
          {row.detail}
        </Text>
      </div>
      <About row={row} />
      {row.not_replayable ? (
        <>
          <CodeBlock code={row.content} about={t("quarantine.content")} />
          <Text size="sm" c="dimmed">
            {t(`one.not.${row.not_replayable}`)}
          </Text>
          <Group justify="flex-end">
            <RemoveReject id={row.id} onRemoved={onClose} />
          </Group>
        </>
      ) : (
        <EventEditor
          row={row}
          onSent={onSent}
          onUnsaved={onUnsaved}
          remove={<RemoveReject id={row.id} onRemoved={onClose} />}
        />
      )}
    </Stack>
  );
}

function About({ row }: { row: RejectRow }) {
  const { t } = useTranslation("quality");
  const format = useFormat();
  const facts: (Fact | false)[] = [
    { label: t("one.source"), value: row.source },
    row.line != null && { label: t("one.line"), value: format.number(row.line) },
    row.field != null && { label: t("one.field"), value: row.field },
    row.received_at != null && { label: t("quarantine.received"), value: format.dateTime(row.received_at) },
  ];
  return <Facts facts={facts.filter((fact) => fact !== false)} />;
}

function RemoveReject({ id, onRemoved }: { id: number; onRemoved: () => void }) {
  const { t } = useTranslation("quality");
  const removal = useRemoveReject(id);
  return (
    <RemoveButton
      label={t("one.remove")}
      title={t("one.removeTitle", { id })}
      text={t("one.removeText")}
      removal={removal}
      onConfirm={() => removal.mutate(undefined, { onSuccess: onRemoved })}
    />
  );
}
