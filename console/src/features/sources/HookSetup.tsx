import { Alert, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useSession } from "@/api/session";
import type { HookDetail, SourceDetail } from "@/api/types";
import { CodeBlock } from "@/components/CodeBlock";
import { Panel } from "@/components/Panel";
import { FirstEvent } from "./FirstEvent";
import classes from "./Sources.module.css";
import { isLoopback } from "./snippets";
import { systemName } from "./words";

/** The address to paste into the other system, and what to do there. */
export function HookSetup({ detail, hook }: { detail: SourceDetail; hook: HookDetail }) {
  const { t } = useTranslation("sources");
  const session = useSession();
  const origin = session.data?.shop?.public_url ?? location.origin;
  const { system } = hook;
  const name = systemName(system, t("hook.system.generic"));
  return (
    <Panel title={t("hook.setup.title", { name })} description={t("hook.setup.text")}>
      <div className={classes.start}>
        <Text size="sm">{t("hook.setup.address")}</Text>
        <CodeBlock code={`${origin.replace(/\/$/, "")}${hook.path}`} about={t("hook.setup.addressName")} />
        <ol className={classes.steps}>
          {(["first", "second", "third"] as const).map((step) => (
            <li key={step}>{t(`hook.setup.${system}.${step}`)}</li>
          ))}
        </ol>
      </div>
      {isLoopback(origin) && (
        <Alert variant="light" color="blue" mt="md" className={classes.hint}>
          {t("start.loopback", { origin })}
        </Alert>
      )}
      <FirstEvent arrived={detail.source.last_event_at !== null} enabled={detail.source.enabled} />
    </Panel>
  );
}
