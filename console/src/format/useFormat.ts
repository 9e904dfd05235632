import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { Language } from "@/i18n";
import { type Format, makeFormat } from "./format";

/** Formats of the language that the console is in. */
export function useFormat(): Format {
  const { i18n } = useTranslation();
  return useMemo(() => makeFormat(i18n.language as Language), [i18n.language]);
}

/** The language that the console is in. */
export function useLanguage(): Language {
  return useTranslation().i18n.language as Language;
}

/** Picks the reader's language of a text that the server sends in both. */
export function useLocalized(): (text: { en: string; "zh-CN": string }) => string {
  const language = useLanguage();
  return (text) => text[language] || text.en;
}
