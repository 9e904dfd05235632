import { Button } from "@mantine/core";
import { IconAlertTriangle, IconCheck, IconCopy } from "@tabler/icons-react";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { copyText } from "./copyText";

/** Copies a text and says so. `about` tells those who do not see what stands beside it which text. */
export function CopyButton({ text, about }: { text: string; about: string }) {
  const { t } = useTranslation();
  const [outcome, setOutcome] = useState<"copied" | "copyFailed">();
  useEffect(() => {
    if (outcome !== "copied") return;
    const timer = setTimeout(() => setOutcome(undefined), 2_500);
    return () => clearTimeout(timer);
  }, [outcome]);
  // What is seen on the button must be a part of its name.
  const word = t(outcome === "copied" ? "action.copied" : "action.copy");
  const Icon = outcome === "copied" ? IconCheck : outcome === "copyFailed" ? IconAlertTriangle : IconCopy;
  return (
    <>
      <Button
        size="compact-sm"
        variant="default"
        leftSection={<Icon size={15} aria-hidden />}
        aria-label={`${word}: ${about}`}
        title={outcome === "copyFailed" ? t("action.copyFailed") : undefined}
        onClick={() => void copyText(text).then((copied) => setOutcome(copied ? "copied" : "copyFailed"))}
      >
        {word}
      </Button>
      <span className="bw-hidden" role="status">
        {outcome && t(`action.${outcome}`)}
      </span>
    </>
  );
}
