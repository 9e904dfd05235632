import { useTranslation } from "react-i18next";
import { isUnderWay, type Upload } from "@/api/imports";
import classes from "./Imports.module.css";

const steps = ["upload", "map", "import", "done"] as const;

/** Where one is on the way. */
export function ImportSteps({ upload }: { upload: Upload }) {
  const { t } = useTranslation("imports");
  const current = upload.outcome ? 3 : isUnderWay(upload) ? 2 : 1;
  return (
    <ol className={classes.way} aria-label={t("way.label")}>
      {steps.map((step, index) => (
        <li
          key={step}
          data-state={index < current || upload.outcome ? "done" : index === current ? "current" : "later"}
          aria-current={index === current ? "step" : undefined}
        >
          {t(`way.${step}`)}
        </li>
      ))}
    </ol>
  );
}
