import { Button, Modal, ScrollArea } from "@mantine/core";
import { IconEye, IconMail } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { customerMessagesQuery } from "@/api/queries";
import type { MessageRow } from "@/api/types";
import { type Column, DataTable } from "@/components/DataTable";
import { EmptyState } from "@/components/EmptyState";
import { IconButtonText } from "@/components/IconButtonText";
import { MessagePreviewView } from "@/components/MessagePreview";
import { MessageStateBadge } from "@/components/MessageStateBadge";
import { Panel } from "@/components/Panel";
import { QueryState } from "@/components/QueryState";
import { useFormat, useLocalized } from "@/format/useFormat";

const route = getRouteApi("/customers/$id");

/** What was sent to this person; each message can be looked at as they got it. */
export function MessagesTab({ id }: { id: string }) {
  const { t } = useTranslation("customers");
  const query = useQuery(customerMessagesQuery(id));
  return (
    <QueryState query={query}>
      {({ rows }) => (
        <Panel title={t("tab.messages")} flush>
          {rows.length === 0 ? (
            <EmptyState icon={IconMail} title={t("messages.empty")} text={t("messages.emptyText")} />
          ) : (
            <MessageTable rows={rows} customer={id} />
          )}
        </Panel>
      )}
    </QueryState>
  );
}

function MessageTable({ rows, customer }: { rows: readonly MessageRow[]; customer: string }) {
  const { t } = useTranslation("customers");
  const format = useFormat();
  const localized = useLocalized();
  const navigate = route.useNavigate();
  const { message } = route.useSearch();
  const shown = rows.find((row) => row.id === message);
  const show = (id: string | undefined) =>
    void navigate({ search: (old) => ({ ...old, message: id }), replace: true, resetScroll: false });
  const name = (row: MessageRow) => (row.campaign ? localized(row.campaign.name) : t("messages.gone"));
  const preview = (row: MessageRow) =>
    row.campaign && (
      <IconButtonText icon={IconEye} label={t("messages.preview")} about={name(row)} onClick={() => show(row.id)} />
    );
  const columns: Column<MessageRow>[] = [
    { key: "campaign", header: t("messages.campaign"), cell: name },
    { key: "state", header: t("messages.state"), cell: (row) => <MessageStateBadge state={row.state} /> },
    { key: "at", header: t("messages.at"), cell: (row) => format.dateTime(row.at) },
    { key: "address", header: t("messages.address"), cell: (row) => row.address },
    { key: "preview", header: t("messages.content"), end: true, cell: preview },
  ];
  return (
    <>
      <DataTable
        caption={t("tab.messages")}
        columns={columns}
        rows={rows}
        rowKey={(row) => row.id}
        card={(row) => (
          <>
            <b>{name(row)}</b>
            <div
              style={{ display: "flex", gap: 10, alignItems: "center", flexWrap: "wrap", fontSize: 13, marginTop: 6 }}
            >
              <MessageStateBadge state={row.state} />
              {format.date(row.at)}
              <span style={{ marginInlineStart: "auto" }}>{preview(row)}</span>
            </div>
          </>
        )}
      />
      <Modal
        opened={shown !== undefined}
        onClose={() => show(undefined)}
        title={shown ? name(shown) : ""}
        size={860}
        scrollAreaComponent={ScrollArea.Autosize}
        closeButtonProps={{ "aria-label": t("messages.close") }}
      >
        {shown?.campaign && <MessagePreviewView slug={shown.campaign.slug} customer={customer} />}
        <Button variant="default" mt="md" onClick={() => show(undefined)}>
          {t("messages.close")}
        </Button>
      </Modal>
    </>
  );
}
