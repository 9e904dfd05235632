import { useTranslation } from "react-i18next";

/** What people call a kind of recommendation model. */
export function useModelName(): (kind: string) => string {
  const { t, i18n } = useTranslation();
  return (kind) => {
    const key = `model.${kind}` as "model.als";
    return i18n.exists(`common:${key}`) ? t(key) : kind.replaceAll("_", " ");
  };
}
