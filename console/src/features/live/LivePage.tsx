import { Alert, Button, Group, Switch } from "@mantine/core";
import { IconBroadcast, IconPlayerPause, IconPlayerPlay, IconTrash } from "@tabler/icons-react";
import { getRouteApi } from "@tanstack/react-router";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { EmptyState } from "@/components/EmptyState";
import { Page } from "@/components/Page";
import { Panel } from "@/components/Panel";
import { StatusBadge } from "@/components/StatusBadge";
import { useFormat } from "@/format/useFormat";
import classes from "./Live.module.css";
import { LiveFilters } from "./LiveFilters";
import { LiveRow } from "./LiveRow";
import { kept, type LiveList } from "./liveList";
import { type Connection, useLiveEvents } from "./useLiveEvents";

const route = getRouteApi("/live");
/** A screen reader is told no more often, in milliseconds. */
const announceEvery = 5_000;

/** Events as they arrive. */
export function LivePage() {
  const { t } = useTranslation("live");
  const filter = route.useSearch();
  const [paused, setPaused] = useState(false);
  const { list, perSecond, connection, retryNow, clear } = useLiveEvents(filter, paused);
  const Icon = paused ? IconPlayerPlay : IconPlayerPause;
  return (
    <Page
      title={t("title")}
      subtitle={t("subtitle")}
      actions={
        <>
          <Button variant="default" leftSection={<IconTrash size={16} aria-hidden />} onClick={clear}>
            {t("clear")}
          </Button>
          <Button leftSection={<Icon size={16} aria-hidden />} onClick={() => setPaused((old) => !old)}>
            {t(paused ? "resume" : "pause")}
          </Button>
        </>
      }
    >
      <Panel flush>
        <LiveFilters filter={filter} />
        <State connection={connection} perSecond={perSecond} list={list} paused={paused} onRetry={retryNow} />
        {paused && list.waiting.length > 0 && <Waiting list={list} onResume={() => setPaused(false)} />}
        {list.skipped > 0 && (
          <Alert color="yellow" mx={18} mb="sm" p="xs">
            {t("skipped", { count: list.skipped })}
          </Alert>
        )}
        {list.events.length === 0 ? (
          <EmptyState icon={IconBroadcast} title={t("empty")} text={t("emptyText")} />
        ) : (
          <ol className={classes.list} aria-label={t("title")}>
            {list.events.map((event) => (
              <LiveRow key={event.id} event={event} />
            ))}
          </ol>
        )}
      </Panel>
    </Page>
  );
}

interface StateProps {
  connection: Connection;
  perSecond: number;
  list: LiveList;
  paused: boolean;
  onRetry: () => void;
}

/** Whether events can come, how many do, and whether they are to be read aloud. */
function State({ connection, perSecond, list, paused, onRetry }: StateProps) {
  const { t } = useTranslation("live");
  const format = useFormat();
  const [aloud, setAloud] = useState(false);
  const tone = connection === "open" ? (paused ? "neutral" : "good") : connection === "waiting" ? "bad" : "warn";
  const word = connection === "open" && paused ? "paused" : connection;
  return (
    <Group justify="space-between" gap="sm" px={18} pb={12}>
      <Group gap="sm">
        <span role="status">
          <StatusBadge tone={tone} dot>
            {t(`state.${word}`)}
          </StatusBadge>
        </span>
        {connection === "waiting" && (
          <Button size="compact-sm" variant="default" onClick={onRetry}>
            {t("retry")}
          </Button>
        )}
        <span className={classes.number}>{t("rate", { shown: format.number(Math.round(perSecond * 10) / 10) })}</span>
        <span className={classes.number}>
          {t("shown", {
            count: list.events.length,
            shown: format.number(list.events.length),
            most: format.number(kept),
          })}
        </span>
      </Group>
      <Switch
        size="sm"
        label={t("aloud")}
        checked={aloud}
        onChange={(event) => setAloud(event.currentTarget.checked)}
      />
      <Announcer list={list} on={aloud && !paused} />
    </Group>
  );
}

/** Says how many events came, for those who listen; silent until somebody asks for it, because of floods. */
function Announcer({ list, on }: { list: LiveList; on: boolean }) {
  const { t } = useTranslation("live");
  const [said, setSaid] = useState("");
  const newest = useRef(list.events[0]?.id);
  const events = useRef(list.events);
  events.current = list.events;
  useEffect(() => {
    if (!on) return setSaid("");
    newest.current = events.current[0]?.id;
    const timer = setInterval(() => {
      const now = events.current;
      const before = now.findIndex((event) => event.id === newest.current);
      const came = before < 0 ? now.length : before;
      newest.current = now[0]?.id;
      if (came > 0 && now[0]) setSaid(t("announce", { count: came, name: now[0].name }));
    }, announceEvery);
    return () => clearInterval(timer);
  }, [on, t]);
  return (
    <span className="bw-hidden" aria-live={on ? "polite" : "off"}>
      {said}
    </span>
  );
}

function Waiting({ list, onResume }: { list: LiveList; onResume: () => void }) {
  const { t } = useTranslation("live");
  const format = useFormat();
  const count = list.waiting.length;
  return (
    <div className={classes.waiting}>
      <Button size="compact-sm" variant="light" onClick={onResume}>
        {t("waiting", { count, shown: format.number(count) })}
      </Button>
      {list.dropped > 0 && <span>{t("dropped", { count: list.dropped, shown: format.number(list.dropped) })}</span>}
    </div>
  );
}
