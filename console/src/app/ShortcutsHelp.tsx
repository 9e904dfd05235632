import { ActionIcon, Kbd, Modal, Switch, Table, Tooltip } from "@mantine/core";
import { IconKeyboard } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { pages } from "./navigation";
import { useSingleKeys } from "./settings";

/** The way to the help for those who do not know the key. Phones have no keys. */
export function ShortcutsHint({ onOpen }: { onOpen: () => void }) {
  const { t } = useTranslation("shell");
  return (
    <Tooltip label={t("shortcuts")}>
      <ActionIcon visibleFrom="sm" aria-label={t("shortcuts")} onClick={onOpen}>
        <IconKeyboard size={19} />
      </ActionIcon>
    </Tooltip>
  );
}

/** All keys that do something. */
export function ShortcutsHelp({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const { t } = useTranslation("shell");
  const [singleKeys, setSingleKeys] = useSingleKeys();
  const rows: [string[], string][] = [
    [["Ctrl", "K"], t("help.search")],
    [["/"], t("help.search")],
    ...pages.map((page): [string[], string] => [["g", page.key], t("help.goTo", { page: t(`page.${page.label}`) })]),
    [["?"], t("help.help")],
    [["Esc"], t("help.close")],
  ];
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={t("shortcuts")}
      centered
      closeButtonProps={{ "aria-label": t("help.close") }}
    >
      <Switch
        label={t("help.singleKeys")}
        description={t("help.singleKeysNote")}
        checked={singleKeys}
        onChange={(event) => setSingleKeys(event.currentTarget.checked)}
        mb="md"
      />
      <Table verticalSpacing={7}>
        <Table.Tbody>
          {rows.map(([keys, text]) => (
            <Table.Tr key={keys.join("+")}>
              <Table.Th scope="row" fw={400}>
                {text}
              </Table.Th>
              <Table.Td ta="end">
                {keys.map((key) => (
                  <Kbd key={key} ml={4}>
                    {key}
                  </Kbd>
                ))}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Modal>
  );
}
