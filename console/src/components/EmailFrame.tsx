import { useTranslation } from "react-i18next";
import classes from "./EmailFrame.module.css";

export type Device = "desktop" | "phone";

/**
 * A message as its reader sees it. `sandbox=""` forbids scripts, forms and navigation; the mail's style is its own,
 * on white, whatever theme the console has.
 */
export function EmailFrame(props: { html: string; device: Device; subject: string; height?: number }) {
  const { html, device, subject, height = 640 } = props;
  const { t } = useTranslation();
  return (
    // A narrow screen scrolls inside this box, never the page.
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scroll area needs the focus to be moved by keyboard
    <section className={classes.stage} tabIndex={0} aria-label={t("email.preview", { subject })}>
      <div className={`${classes.screen} ${classes[device]}`}>
        <iframe
          title={t("email.preview", { subject })}
          sandbox=""
          srcDoc={html}
          style={{ height }}
          className={classes.frame}
        />
      </div>
    </section>
  );
}
