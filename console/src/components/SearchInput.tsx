import { CloseButton, TextInput, type TextInputProps } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { IconSearch } from "@tabler/icons-react";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";

interface SearchInputProps extends Omit<TextInputProps, "value" | "onChange"> {
  value: string;
  onSearch: (value: string) => void;
}

/** Searches 250 ms after the last key, so that typing a word asks the server once. */
export function SearchInput({ value, onSearch, ...rest }: SearchInputProps) {
  const { t } = useTranslation();
  const [text, setText] = useState(value);
  const search = useDebouncedCallback(onSearch, 250);
  useEffect(() => setText(value), [value]);
  const clear = () => {
    setText("");
    onSearch("");
  };
  return (
    <TextInput
      type="search"
      leftSection={<IconSearch size={16} aria-hidden />}
      rightSection={text ? <CloseButton size="sm" aria-label={t("action.clear")} onClick={clear} /> : null}
      value={text}
      onChange={(event) => {
        setText(event.currentTarget.value);
        search(event.currentTarget.value.trim());
      }}
      {...rest}
    />
  );
}
