import { useTranslation } from "react-i18next";

/** What people call a model input; one that this console does not know keeps the name that the server gives it. */
export function useFeatureName(): (feature: string) => string {
  const { t, i18n } = useTranslation();
  return (feature) => {
    const key = `feature.${feature}` as "feature.frequency";
    return i18n.exists(`common:${key}`) ? t(key) : feature.replaceAll("_", " ");
  };
}
