import { Alert, Button, Group, Modal, NativeSelect, Radio, Stack, Text, TextInput } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { useErrorText } from "@/api/errors";
import { useCreateSource } from "@/api/sources";
import classes from "./Sources.module.css";
import { type HookSystem, type Kind, kindIcons, kinds, systemName, systems } from "./words";

const longest = 80;

/** Name and kind of a new source; then its page shows how to send. */
export function CreateSource({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  const { t: say } = useTranslation("sources");
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={say("create.title")}
      centered
      size={520}
      closeButtonProps={{ "aria-label": t("action.close") }}
    >
      <Form onClose={onClose} />
    </Modal>
  );
}

function Form({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation("sources");
  const { t: common } = useTranslation();
  const errorText = useErrorText();
  const navigate = useNavigate();
  const create = useCreateSource();
  const [name, setName] = useState("");
  const [kind, setKind] = useState<Kind>("website");
  const [system, setSystem] = useState<HookSystem>("shopify");
  const [empty, setEmpty] = useState(false);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setEmpty(name.trim() === "");
    if (name.trim() === "") return;
    create.mutate(
      { name: name.trim(), kind, hook: kind === "webhook" ? { system } : undefined },
      {
        onSuccess: ({ source }) => {
          onClose();
          void navigate({ to: "/sources/$slug", params: { slug: source.slug } });
        },
      },
    );
  };
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="md">
        <TextInput
          label={t("create.name")}
          description={t("create.nameText")}
          placeholder={t("create.example")}
          data-autofocus
          maxLength={longest}
          value={name}
          error={empty && name.trim() === "" ? t("create.empty") : undefined}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Radio.Group label={t("create.kind")} value={kind} onChange={(value) => setKind(value as Kind)}>
          <div className={classes.kinds}>
            {kinds.map((option) => (
              <KindCard key={option} kind={option} />
            ))}
          </div>
        </Radio.Group>
        {kind === "webhook" && (
          <NativeSelect
            label={t("create.system")}
            value={system}
            data={systems.map((value) => ({ value, label: systemName(value, t("hook.system.generic")) }))}
            onChange={(event) => setSystem(event.currentTarget.value as HookSystem)}
          />
        )}
        {create.isError && (
          <Alert color="red" title={errorText(create.error).title}>
            {errorText(create.error).detail}
          </Alert>
        )}
        <Group justify="flex-end" gap="sm">
          <Button variant="default" onClick={onClose}>
            {common("action.cancel")}
          </Button>
          <Button type="submit" loading={create.isPending}>
            {t("create.submit")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function KindCard({ kind }: { kind: Kind }) {
  const { t } = useTranslation("sources");
  const Icon = kindIcons[kind];
  return (
    <Radio.Card value={kind} className={classes.kindCard} aria-label={t(`kind.${kind}`)}>
      <Group wrap="nowrap" align="flex-start" gap="sm">
        <Icon size={20} aria-hidden />
        <div style={{ flex: 1, minWidth: 0 }}>
          <Text size="sm" fw={600}>
            {t(`kind.${kind}`)}
          </Text>
          <Text size="xs" c="dimmed">
            {t(`kindText.${kind}`)}
          </Text>
        </div>
        <Radio.Indicator />
      </Group>
    </Radio.Card>
  );
}
