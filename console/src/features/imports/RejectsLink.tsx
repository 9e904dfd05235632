import { Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

export interface RejectsLinkProps {
  source?: string | null;
  behind: number;
  upTo?: number;
  icon?: ReactNode;
}

/** Leads to what an import has put into quarantine. */
export function RejectsLink({ source, behind, upTo, icon }: RejectsLinkProps) {
  const { t } = useTranslation("imports");
  return (
    <Button
      variant="default"
      leftSection={icon}
      renderRoot={(props) => (
        <Link {...props} to="/quality" search={{ tab: "quarantine", source: source ?? undefined, behind, upTo }} />
      )}
    >
      {t("outcome.rejects")}
    </Button>
  );
}
