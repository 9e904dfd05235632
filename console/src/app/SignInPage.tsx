import { Button, Center, Group, Paper, PasswordInput, Stack, Text, Title } from "@mantine/core";
import { type FormEvent, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { useErrorText } from "@/api/errors";
import { useSignIn } from "@/api/session";
import { LanguageMenu, ThemeToggle } from "./HeaderMenus";
import { Logo } from "./Logo";

/** The administrator's password, and nothing else. */
export function SignInPage() {
  const { t } = useTranslation("shell");
  const errorText = useErrorText();
  const signIn = useSignIn();
  const [password, setPassword] = useState("");
  const [empty, setEmpty] = useState(false);
  useEffect(() => {
    document.title = `${t("signIn.title")} · Bellwether`;
  }, [t]);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setEmpty(password === "");
    if (password !== "") signIn.mutate(password);
  };
  const error = empty ? t("signIn.empty") : signIn.isError ? errorText(signIn.error).title : undefined;
  return (
    <Center mih="100vh" p="md" component="main">
      <Stack w={380} maw="100%">
        <Group justify="space-between">
          <Group gap={10} fw={680} fz="lg">
            <Logo size={30} />
            Bellwether
          </Group>
          <Group gap={4}>
            <LanguageMenu />
            <ThemeToggle />
          </Group>
        </Group>
        <Paper withBorder radius={14} p="lg" component="form" onSubmit={submit} noValidate>
          <Title order={1} fz={20}>
            {t("signIn.title")}
          </Title>
          <Text size="sm" c="dimmed" mb="md">
            {t("signIn.text")}
          </Text>
          <PasswordInput
            label={t("signIn.password")}
            autoComplete="current-password"
            autoFocus
            value={password}
            error={error}
            onChange={(event) => setPassword(event.currentTarget.value)}
            visibilityToggleButtonProps={{ "aria-label": t("signIn.show") }}
          />
          <Button type="submit" fullWidth mt="md" loading={signIn.isPending}>
            {t("signIn.submit")}
          </Button>
        </Paper>
      </Stack>
    </Center>
  );
}
