import { Combobox, InputBase, Loader, Text, useCombobox } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconSearch } from "@tabler/icons-react";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { customersQuery } from "@/api/queries";
import { useFormat } from "@/format/useFormat";

/** Finds customers while one types. */
export function CustomerSelect(props: { label: string; segment?: string; onPick: (id: string) => void }) {
  const { label, segment, onPick } = props;
  const { t } = useTranslation();
  const format = useFormat();
  const combobox = useCombobox({ onDropdownClose: () => combobox.resetSelectedOption() });
  const [text, setText] = useState("");
  const [q] = useDebouncedValue(text.trim(), 200);
  const found = useQuery({
    ...customersQuery({ q: q || undefined, segment, page_size: 8, sort: "net_revenue", descending: true }),
    placeholderData: keepPreviousData,
    enabled: combobox.dropdownOpened,
  });
  const rows = found.data?.rows ?? [];
  return (
    <Combobox
      store={combobox}
      onOptionSubmit={(id) => {
        setText("");
        onPick(id);
        combobox.closeDropdown();
      }}
    >
      <Combobox.Target>
        <InputBase
          label={label}
          placeholder={t("picker.placeholder")}
          leftSection={<IconSearch size={16} aria-hidden />}
          rightSection={found.isFetching ? <Loader size={16} /> : <Combobox.Chevron />}
          rightSectionPointerEvents="none"
          value={text}
          onChange={(event) => {
            setText(event.currentTarget.value);
            combobox.openDropdown();
            combobox.updateSelectedOptionIndex();
          }}
          onClick={() => combobox.openDropdown()}
          onFocus={() => combobox.openDropdown()}
          onBlur={() => combobox.closeDropdown()}
        />
      </Combobox.Target>
      <Combobox.Dropdown>
        <Combobox.Options mah={280} style={{ overflowY: "auto" }}>
          {rows.length === 0 && (
            <Combobox.Empty>{found.isFetching ? t("picker.searching") : t("picker.nobody")}</Combobox.Empty>
          )}
          {rows.map((row) => (
            <Combobox.Option key={row.id} value={row.id}>
              {row.user_id}{" "}
              <Text span size="xs" c="dimmed">
                {[row.country, format.money(row.net_revenue, found.data?.currency ?? "")].filter(Boolean).join(" · ")}
              </Text>
            </Combobox.Option>
          ))}
        </Combobox.Options>
      </Combobox.Dropdown>
    </Combobox>
  );
}
