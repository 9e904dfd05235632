import classes from "./CodeBlock.module.css";
import { CopyButton } from "./CopyButton";

/** A piece of code to copy. `shown` stands in its place where the code holds something that is not for every eye. */
export function CodeBlock({ code, shown = code, about }: { code: string; shown?: string; about: string }) {
  return (
    <div className={classes.block}>
      <div className={classes.copy}>
        <CopyButton text={code} about={about} />
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scroll area needs the focus to be moved by keyboard */}
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset is for fields, and this is code */}
      <pre className={classes.code} role="group" tabIndex={0} aria-label={about} lang="en">
        <code>{shown}</code>
      </pre>
    </div>
  );
}
