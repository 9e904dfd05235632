import { AppShell, Burger } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { openSpotlight } from "@mantine/spotlight";
import { IconSearch } from "@tabler/icons-react";
import { Link, Outlet, useRouterState } from "@tanstack/react-router";
import { useCallback, useEffect } from "react";
import { useTranslation } from "react-i18next";
import { useIsPhone } from "@/components/DataTable";
import { LanguageMenu, SignOutButton, ThemeToggle } from "./HeaderMenus";
import { Logo } from "./Logo";
import { navigation } from "./navigation";
import { Palette } from "./Palette";
import classes from "./Shell.module.css";
import { ShopZone } from "./ShopZone";
import { ShortcutsHelp, ShortcutsHint } from "./ShortcutsHelp";
import { useSingleKeys } from "./settings";
import { useShortcuts } from "./shortcuts";

/** Header, side bar, the page in the middle, and what can be opened from everywhere. */
export function Shell() {
  const { t } = useTranslation("shell");
  const [menu, { toggle, close }] = useDisclosure(false);
  const [help, helpControl] = useDisclosure(false);
  const [singleKeys] = useSingleKeys();
  const openHelp = useCallback(() => helpControl.open(), [helpControl.open]);
  useShortcuts(singleKeys, openHelp);
  const phone = useIsPhone();
  const path = useRouterState({ select: (state) => state.location.pathname });
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new path closes the menu on a phone
  useEffect(close, [path]);
  return (
    <>
      <a className="bw-skip" href="#main">
        {t("skip")}
      </a>
      <AppShell
        layout="alt"
        header={{ height: 56 }}
        navbar={{ width: 232, breakpoint: "sm", collapsed: { mobile: !menu } }}
        padding={{ base: "sm", sm: 20 }}
      >
        <AppShell.Header style={{ borderColor: "var(--bw-border)" }}>
          <div className={classes.bar}>
            <Burger
              opened={menu}
              onClick={toggle}
              hiddenFrom="sm"
              size="sm"
              aria-label={t("menu")}
              aria-expanded={menu}
            />
            <button type="button" className={classes.search} onClick={openSpotlight} aria-keyshortcuts="Control+K">
              <IconSearch size={16} aria-hidden />
              <span>{t("search")}</span>
              <kbd className={classes.kbd} aria-hidden>
                Ctrl K
              </kbd>
            </button>
            <div style={{ flex: 1 }} />
            <ShortcutsHint onOpen={openHelp} />
            <LanguageMenu />
            <ThemeToggle />
            <SignOutButton />
          </div>
        </AppShell.Header>
        {/* What has slid out of sight must not catch the focus. */}
        <AppShell.Navbar className={classes.navbar} inert={phone && !menu}>
          <SideBar onClose={close} />
        </AppShell.Navbar>
        <AppShell.Main id="main" tabIndex={-1} style={{ outline: "none" }}>
          <div className={classes.main}>
            <ShopZone>
              <Outlet />
            </ShopZone>
          </div>
        </AppShell.Main>
      </AppShell>
      <Palette />
      <ShortcutsHelp opened={help} onClose={helpControl.close} />
    </>
  );
}

function SideBar({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation("shell");
  return (
    <>
      <div style={{ display: "flex", alignItems: "center", justifyContent: "space-between" }}>
        <Link to="/" className={classes.brand}>
          <Logo size={26} />
          Bellwether
        </Link>
        <Burger opened hiddenFrom="sm" size="sm" mr={12} onClick={onClose} aria-label={t("closeMenu")} />
      </div>
      <nav className={classes.nav} aria-label={t("navigation")}>
        {navigation.map((group) => (
          <div key={group.label ?? "top"}>
            {group.label && <div className={classes.group}>{t(`group.${group.label}`)}</div>}
            <ul className={classes.items}>
              {group.items.map(({ to, label, icon: Icon }) => (
                <li key={to}>
                  <Link to={to} className={classes.item} activeOptions={{ exact: to === "/" }}>
                    <Icon size={18} stroke={1.7} aria-hidden />
                    {t(`page.${label}`)}
                  </Link>
                </li>
              ))}
            </ul>
          </div>
        ))}
      </nav>
    </>
  );
}
