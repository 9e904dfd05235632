import { ActionIcon, Menu, Tooltip, useComputedColorScheme, useMantineColorScheme } from "@mantine/core";
import { IconLanguage, IconLogout, IconMoon, IconSun } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { useSession, useSignOut } from "@/api/session";
import { useLanguage } from "@/format/useFormat";
import { type Language, languages, setLanguage } from "@/i18n";

/** Languages under their own names, so that each can be found by those who read it. */
export function LanguageMenu() {
  const { t } = useTranslation("shell");
  const current = useLanguage();
  return (
    <Menu position="bottom-end" shadow="md" width={170}>
      <Menu.Target>
        <ActionIcon aria-label={t("language")}>
          <IconLanguage size={19} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.RadioGroup value={current} onChange={(language) => void setLanguage(language as Language)}>
          {(Object.keys(languages) as Language[]).map((language) => (
            <Menu.RadioItem key={language} value={language} lang={language} closeMenuOnClick>
              {languages[language]}
            </Menu.RadioItem>
          ))}
        </Menu.RadioGroup>
      </Menu.Dropdown>
    </Menu>
  );
}

/** Light or dark; remembered. */
export function ThemeToggle() {
  const { t } = useTranslation("shell");
  const { setColorScheme } = useMantineColorScheme();
  const dark = useComputedColorScheme("light") === "dark";
  const label = dark ? t("themeLight") : t("themeDark");
  const Icon = dark ? IconSun : IconMoon;
  return (
    <Tooltip label={label}>
      <ActionIcon aria-label={label} onClick={() => setColorScheme(dark ? "light" : "dark")}>
        <Icon size={19} />
      </ActionIcon>
    </Tooltip>
  );
}

/** Only where somebody is signed in; a server on loopback without a password has nothing to sign out of. */
export function SignOutButton() {
  const { t } = useTranslation("shell");
  const session = useSession();
  const signOut = useSignOut();
  if (!session.data?.password_required) return null;
  return (
    <Tooltip label={t("signOut")}>
      <ActionIcon aria-label={t("signOut")} loading={signOut.isPending} onClick={() => signOut.mutate()}>
        <IconLogout size={19} />
      </ActionIcon>
    </Tooltip>
  );
}
