import { Alert, Tabs, Text } from "@mantine/core";
import { IconBraces, IconBrandNodejs, IconBrandPython, IconTerminal2, IconWorld } from "@tabler/icons-react";
import { getRouteApi } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useSession } from "@/api/session";
import type { SourceDetail } from "@/api/types";
import { type Start, starts } from "@/app/search";
import { CodeBlock } from "@/components/CodeBlock";
import { Panel } from "@/components/Panel";
import { TabList } from "@/components/TabList";
import { FirstEvent } from "./FirstEvent";
import classes from "./Sources.module.css";
import { firstStart, isLoopback, masked, type Sender, snippet, startNames } from "./snippets";

const route = getRouteApi("/sources/$slug");
const icons = {
  browser: IconWorld,
  "analytics-next": IconBraces,
  node: IconBrandNodejs,
  python: IconBrandPython,
  curl: IconTerminal2,
};

/** Starts to copy and paste, for whatever the events come from. */
export function StartSending({ detail, revealed }: { detail: SourceDetail; revealed: boolean }) {
  const { t } = useTranslation("sources");
  const session = useSession();
  const { start = firstStart[detail.source.kind] } = route.useSearch();
  const navigate = route.useNavigate();
  const shop = session.data?.shop;
  const sender: Sender = {
    origin: shop?.public_url ?? location.origin,
    key: detail.write_key,
    currency: shop?.currency ?? "USD",
  };
  const shown = revealed ? sender : { ...sender, key: masked(sender.key) };
  return (
    <Panel title={t("start.title")} description={t("start.text")}>
      <Tabs
        value={start}
        onChange={(next) =>
          void navigate({
            search: { start: starts.find((name) => name === next) },
            replace: true,
            resetScroll: false,
          })
        }
        keepMounted={false}
      >
        <TabList
          tabs={starts.map((name) => ({ name, label: startLabel(name, t("start.browser")), icon: icons[name] }))}
        />
        {starts.map((name) => (
          <Tabs.Panel key={name} value={name}>
            <StartCode name={name} sender={sender} shown={shown} />
          </Tabs.Panel>
        ))}
      </Tabs>
      {!revealed && (
        <Text size="xs" c="dimmed" mt="xs">
          {t("start.masked")}
        </Text>
      )}
      {isLoopback(sender.origin) && (
        <Alert variant="light" color="blue" mt="md" className={classes.hint}>
          {t("start.loopback", { origin: sender.origin })}
        </Alert>
      )}
      <FirstEvent arrived={detail.source.last_event_at !== null} enabled={detail.source.enabled} />
    </Panel>
  );
}

function startLabel(start: Start, browser: string): string {
  return start === "browser" ? browser : startNames[start];
}

function StartCode({ name, sender, shown }: { name: Start; sender: Sender; shown: Sender }) {
  const { t } = useTranslation("sources");
  const { install, code } = snippet(name, sender);
  const label = startLabel(name, t("start.browser"));
  return (
    <div className={classes.start}>
      <Text size="sm">{t(`start.how.${name}`)}</Text>
      {install && <CodeBlock code={install} about={t("start.install", { name: label })} />}
      <CodeBlock code={code} shown={snippet(name, shown).code} about={t("start.code", { name: label })} />
    </div>
  );
}
