import i18next from "i18next";
import { initReactI18next } from "react-i18next";
import { english } from "./english";

export const languages = { en: "English", "zh-CN": "简体中文" } as const;
export type Language = keyof typeof languages;

const storageKey = "bellwether.language";

/** What the person chose before, else what the browser asks for, else English. */
export function preferredLanguage(): Language {
  const saved = readSaved();
  if (saved && saved in languages) return saved as Language;
  return navigator.language.toLowerCase().startsWith("zh") ? "zh-CN" : "en";
}

function readSaved(): string | null {
  try {
    return localStorage.getItem(storageKey);
  } catch {
    return null;
  }
}

/** Starts i18next. English is part of the entry; Chinese is a chunk of its own that only those who need it load. */
export async function startI18n(language: Language = preferredLanguage()): Promise<void> {
  await i18next.use(initReactI18next).init({
    lng: "en",
    fallbackLng: "en",
    resources: { en: english },
    ns: Object.keys(english),
    defaultNS: "common",
    interpolation: { escapeValue: false },
    returnNull: false,
  });
  await setLanguage(language);
}

/** Switches the whole console, and remembers the choice. */
export async function setLanguage(language: Language): Promise<void> {
  if (language === "zh-CN" && !i18next.hasResourceBundle("zh-CN", "common")) {
    const { chinese } = await import("./chinese");
    for (const [namespace, texts] of Object.entries(chinese)) i18next.addResourceBundle("zh-CN", namespace, texts);
  }
  await i18next.changeLanguage(language);
  document.documentElement.lang = language;
  try {
    localStorage.setItem(storageKey, language);
  } catch {
    // Without storage the choice lasts as long as the page.
  }
}
