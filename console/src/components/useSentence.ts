import { useTranslation } from "react-i18next";
import type { Sentence } from "@/api/types";
import { useFormat, useLocalized } from "@/format/useFormat";

/**
 * Says a sentence that the server names by code and fills with numbers and names. A code that this console does not
 * know yet is shown as it is: an older console beside a newer server must not hide what it says.
 */
export function useSentence(namespace: string, prefix: string): (sentence: Sentence) => string {
  const { t, i18n } = useTranslation();
  const format = useFormat();
  const localized = useLocalized();
  return ({ code, params }) => {
    const key = `${namespace}:${prefix}.${code}`;
    if (!i18n.exists(key)) return [code.replaceAll("_", " "), ...Object.values(params ?? {}).map(String)].join(" ");
    const words: Record<string, unknown> = {};
    for (const [name, value] of Object.entries(params ?? {})) {
      words[name] = isLocalized(value) ? localized(value) : value;
      if (typeof value === "number") {
        words[`${name}_number`] = format.number(value, Math.abs(value) < 1 ? 4 : 2);
        words[`${name}_percent`] = format.percent(value);
        words[`${name}_signed`] = format.signedPercent(value);
      }
    }
    return t(key as never, words as never) as unknown as string;
  };
}

function isLocalized(value: unknown): value is { en: string; "zh-CN": string } {
  return typeof value === "object" && value !== null && "en" in value && "zh-CN" in value;
}
