import { useTranslation } from "react-i18next";

/** What people call a cleaning rule, and what it does. A rule that this console does not know keeps its own name. */
export function useRuleName(): (rule: string) => { name: string; text: string } {
  const { t, i18n } = useTranslation("quality");
  return (rule) => {
    const key = `rule.${rule}` as "rule.exact_duplicate";
    if (!i18n.exists(`quality:${key}`)) return { name: rule.replaceAll("_", " "), text: "" };
    const text = `ruleText.${rule}` as "ruleText.exact_duplicate";
    return { name: t(key), text: i18n.exists(`quality:${text}`) ? t(text) : "" };
  };
}
