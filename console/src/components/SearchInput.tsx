import { CloseButton, TextInput, type TextInputProps } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { IconSearch } from "@tabler/icons-react";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";

interface SearchInputProps extends Omit<TextInputProps, "value" | "onChange"> {
  value: string;
  onSearch: (value: string) => void;
}

/** Searches 250 ms after the last key, so that typing a word asks the server once. */
export function SearchInput({ value, onSearch, ...rest }: SearchInputProps) {
  const { t } = useTranslation();
  const { text, type, clear } = useSearchText(value, onSearch);
  return (
    <TextInput
      type="search"
      leftSection={<IconSearch size={16} aria-hidden />}
      rightSection={text ? <CloseButton size="sm" aria-label={t("action.clear")} onClick={clear} /> : null}
      value={text}
      onChange={(event) => type(event.currentTarget.value)}
      {...rest}
    />
  );
}

/** The text of the field. What comes back as the answer to its own search changes nothing: somebody may have typed on. */
function useSearchText(value: string, onSearch: (value: string) => void) {
  const [text, setText] = useState(value);
  const asked = useRef<string[]>([]);
  const ask = (wanted: string) => {
    asked.current.push(wanted);
    onSearch(wanted);
  };
  const search = useDebouncedCallback(ask, 250);
  useEffect(() => {
    const own = asked.current.indexOf(value);
    asked.current = own < 0 ? [] : asked.current.slice(own + 1);
    if (own >= 0) return;
    // Changed elsewhere, as by the browser's way back.
    search.cancel();
    setText(value);
  }, [value, search]);
  const type = (typed: string) => {
    setText(typed);
    search(typed.trim());
  };
  const clear = () => {
    search.cancel();
    setText("");
    ask("");
  };
  return { text, type, clear };
}
