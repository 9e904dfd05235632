import { Button, Textarea } from "@mantine/core";
import { useRef } from "react";
import { useTranslation } from "react-i18next";
import type { MappingPreview } from "@/api/imports";
import classes from "./Imports.module.css";
import { lineAt } from "./lines";

export interface MappingTextProps {
  text: string;
  onChange: (text: string) => void;
  problem?: MappingPreview["mapping_problem"];
}

/** The text of a mapping, with what is wrong with it and the way to its place. */
export function MappingText({ text, onChange, problem }: MappingTextProps) {
  const { t } = useTranslation("imports");
  const area = useRef<HTMLTextAreaElement>(null);
  const goTo = (line: number) => {
    const [from, to] = lineAt(text, line);
    const element = area.current;
    if (!element) return;
    element.focus();
    element.setSelectionRange(from, to);
    // Browsers do not scroll to a selection that a script has made.
    const height = Number.parseFloat(getComputedStyle(element).lineHeight) || 18;
    element.scrollTop = Math.max(0, (line - 4) * height);
  };
  return (
    <>
      <Textarea
        ref={area}
        mt="sm"
        label={t("mapping.label")}
        classNames={{ input: classes.editor }}
        rows={26}
        resize="vertical"
        spellCheck={false}
        autoCapitalize="off"
        autoCorrect="off"
        lang="en"
        error={problem && <span role="status">{t("mapping.problem", problem)}</span>}
        value={text}
        onChange={(event) => onChange(event.currentTarget.value)}
      />
      {problem && (
        <Button size="xs" variant="default" mt="xs" onClick={() => goTo(problem.line)}>
          {t("mapping.goTo", { line: problem.line })}
        </Button>
      )}
    </>
  );
}
