import { Button, Group, Modal, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { useErrorText } from "@/api/errors";
import { useChangeSource } from "@/api/sources";
import type { SourceSummary } from "@/api/types";

export interface RenameSourceProps {
  source: SourceSummary;
  opened: boolean;
  onClose: () => void;
}

/** Another name; address and key stay. */
export function RenameSource({ source, opened, onClose }: RenameSourceProps) {
  const { t } = useTranslation("sources");
  const { t: common } = useTranslation();
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={t("rename.title")}
      centered
      closeButtonProps={{ "aria-label": common("action.close") }}
    >
      <Form source={source} onClose={onClose} />
    </Modal>
  );
}

function Form({ source, onClose }: { source: SourceSummary; onClose: () => void }) {
  const { t } = useTranslation("sources");
  const { t: common } = useTranslation();
  const errorText = useErrorText();
  const change = useChangeSource(source.slug);
  const [name, setName] = useState(source.name);
  const [empty, setEmpty] = useState(false);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setEmpty(name.trim() === "");
    if (name.trim() !== "") change.mutate({ name: name.trim() }, { onSuccess: onClose });
  };
  const error = empty ? t("create.empty") : change.isError ? errorText(change.error).title : undefined;
  return (
    <form onSubmit={submit} noValidate>
      <TextInput
        label={t("create.name")}
        description={t("rename.text")}
        data-autofocus
        maxLength={80}
        value={name}
        error={error}
        onChange={(event) => {
          setName(event.currentTarget.value);
          setEmpty(false);
        }}
      />
      <Group justify="flex-end" mt="lg" gap="sm">
        <Button variant="default" onClick={onClose}>
          {common("action.cancel")}
        </Button>
        <Button type="submit" loading={change.isPending}>
          {t("rename.submit")}
        </Button>
      </Group>
    </form>
  );
}
