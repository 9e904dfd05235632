import { Tabs } from "@mantine/core";
import type { TablerIcon } from "@tabler/icons-react";
import { useIsPhone } from "./DataTable";
import classes from "./TabList.module.css";

/** Tabs in one line; on a phone without their icons, and scrolling where the line is too long. */
export function TabList({ tabs }: { tabs: readonly { name: string; label: string; icon: TablerIcon }[] }) {
  const phone = useIsPhone();
  return (
    <Tabs.List mb="md" className={classes.list}>
      {tabs.map(({ name, label, icon: Icon }) => (
        <Tabs.Tab key={name} value={name} leftSection={phone ? undefined : <Icon size={16} aria-hidden />}>
          {label}
        </Tabs.Tab>
      ))}
    </Tabs.List>
  );
}
