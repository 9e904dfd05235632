import { useTranslation } from "react-i18next";

/** What people call a kind of job. A kind that this console does not know keeps its own name. */
export function useJobName(): (kind: string) => string {
  const { t, i18n } = useTranslation();
  return (kind) => {
    const key = `job.${kind.replaceAll("/", "_")}` as "job.import_file";
    return i18n.exists(`common:${key}`) ? t(key) : kind;
  };
}
