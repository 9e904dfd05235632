import { Alert, Button, NativeSelect, PasswordInput, Stack, Text, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { useErrorText } from "@/api/errors";
import { useChangeSource } from "@/api/sources";
import type { HookDetail, SourceDetail } from "@/api/types";
import { Panel } from "@/components/Panel";
import { useFormat } from "@/format/useFormat";
import { type Scheme, schemes } from "./words";

const shortest = 8;
const longest = 256;

/** What deliveries are signed with: entered here, and never shown again. */
export function HookSecret({ detail, hook }: { detail: SourceDetail; hook: HookDetail }) {
  const { t } = useTranslation("sources");
  const errorText = useErrorText();
  const change = useChangeSource(detail.source.slug);
  const [secret, setSecret] = useState("");
  const [header, setHeader] = useState(hook.signature_header ?? "");
  const [scheme, setScheme] = useState<Scheme>(hook.signature_scheme ?? "hmac_sha256_hex");
  const [short, setShort] = useState(false);
  const isGeneric = hook.system === "generic";
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const entered = secret.trim();
    // Header and scheme can be changed without entering the secret again.
    const wrong = entered.length < shortest && (entered !== "" || !isGeneric || !hook.has_secret);
    setShort(wrong);
    if (wrong) return;
    const signature = isGeneric ? { signature_header: header, signature_scheme: scheme } : {};
    change.mutate(
      { hook: { ...signature, ...(entered === "" ? {} : { secret: entered }) } },
      { onSuccess: () => setSecret("") },
    );
  };
  return (
    <Panel title={t("hook.secret.title")} description={t("hook.secret.text")}>
      <form onSubmit={submit} noValidate>
        <Stack gap="sm">
          <Text size="sm" role="status">
            {hook.has_secret
              ? t(hook.secret_hint ? "hook.secret.endsIn" : "hook.secret.known", { hint: hook.secret_hint ?? "" })
              : t("hook.secret.none")}
          </Text>
          <Refused detail={detail} hook={hook} />
          {isGeneric && (
            <>
              <TextInput
                label={t("hook.secret.header")}
                value={header}
                maxLength={64}
                lang="en"
                spellCheck={false}
                onChange={(event) => setHeader(event.currentTarget.value)}
              />
              <NativeSelect
                label={t("hook.secret.scheme")}
                value={scheme}
                data={schemes.map((value) => ({ value, label: t(`hook.scheme.${value}`) }))}
                onChange={(event) => setScheme(event.currentTarget.value as Scheme)}
              />
            </>
          )}
          <PasswordInput
            label={t(hook.has_secret ? "hook.secret.another" : "hook.secret.enter")}
            description={t(`hook.secret.where.${hook.system}`)}
            autoComplete="off"
            maxLength={longest}
            value={secret}
            aria-invalid={short}
            error={short ? t("hook.secret.short", { shortest }) : undefined}
            visibilityToggleButtonProps={{ "aria-label": t("hook.secret.look"), tabIndex: 0 }}
            onChange={(event) => {
              setSecret(event.currentTarget.value);
              setShort(false);
            }}
          />
          {change.isError && (
            <Alert color="red" role="alert" title={errorText(change.error).title}>
              {errorText(change.error).detail}
            </Alert>
          )}
          <Button type="submit" variant="default" loading={change.isPending}>
            {t("hook.secret.save")}
          </Button>
        </Stack>
      </form>
    </Panel>
  );
}

/** The last delivery that was not taken, in the words that its sender was told. */
function Refused({ detail, hook }: { detail: SourceDetail; hook: HookDetail }) {
  const { t } = useTranslation("sources");
  const format = useFormat();
  const refusal = hook.last_refusal;
  if (!refusal) return null;
  return (
    <Alert color="red" title={t("hook.secret.refused", { ago: format.ago(refusal.at, detail.as_of) })}>
      <span lang="en">{refusal.message}</span>
    </Alert>
  );
}
