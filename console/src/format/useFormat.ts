import { createContext, useContext, useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { Language } from "@/i18n";
import { type Format, makeFormat } from "./format";

/** The time zone that times are shown in. */
export const ZoneContext = createContext("UTC");

/** Formats of the language that the console is in, and of the shop's time zone. */
export function useFormat(): Format {
  const { i18n } = useTranslation();
  const zone = useContext(ZoneContext);
  return useMemo(() => makeFormat(i18n.language as Language, zone), [i18n.language, zone]);
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
