import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { askForSignIn } from "@/api/session";
import type { LiveEvent } from "@/api/types";
import { add, count, empty, type LiveFilter, type LiveList, only, patience, rate, release } from "./liveList";

/** How often the page is brought up to date: a flood would otherwise paint it a thousand times a second. */
const every = 250;

export type Connection = "connecting" | "open" | "waiting";

/** Events as they arrive. What came before a filter was changed stays, as far as it matches. */
export function useLiveEvents(filter: LiveFilter, paused: boolean) {
  const [list, setList] = useState<LiveList>(empty);
  const [perSecond, setPerSecond] = useState(0);
  const came = useRef<LiveEvent[]>([]);
  const seconds = useRef(new Map<number, number>());
  const pausedNow = useRef(paused);
  pausedNow.current = paused;
  const { source, kind, event, q } = filter;

  const onEvent = useCallback((live: LiveEvent) => {
    came.current.push(live);
    count(seconds.current, 1, Date.now());
  }, []);
  const onSkipped = useCallback((batches: number) => {
    setList((old) => ({ ...old, skipped: old.skipped + batches }));
  }, []);
  const onMore = useCallback((events: number) => count(seconds.current, events, Date.now()), []);
  const hear = useMemo(() => ({ onEvent, onMore, onSkipped }), [onEvent, onMore, onSkipped]);
  const { connection, retryNow } = useConnection(addressOf({ source, kind, event, q }), hear);

  useEffect(() => {
    // Also those that came by the filter before and were not shown yet.
    const some = came.current.splice(0);
    setList((old) => only(add(old, some, pausedNow.current), { source, kind, event, q }));
  }, [source, kind, event, q]);
  useEffect(() => {
    if (!paused) setList(release);
  }, [paused]);
  useEffect(() => {
    const timer = setInterval(() => {
      const some = came.current.splice(0);
      if (some.length > 0) setList((old) => add(old, some, pausedNow.current));
      setPerSecond(rate(seconds.current, Date.now()));
    }, every);
    return () => clearInterval(timer);
  }, []);
  const clear = useCallback(() => setList(empty), []);
  return { list, perSecond, connection, retryNow, clear };
}

function addressOf(filter: LiveFilter): string {
  const said = Object.entries(filter).filter(([, value]) => value !== undefined && value !== "");
  const query = new URLSearchParams(said as [string, string][]).toString();
  return `/api/v1/events/live${query && `?${query}`}`;
}

interface Hear {
  onEvent: (event: LiveEvent) => void;
  /** So many more events came with the last ones, and are not sent: nobody reads faster. */
  onMore: (events: number) => void;
  onSkipped: (batches: number) => void;
}

/** A connection that comes back by itself, also where the browser gives up: after an answer that is none. */
function useConnection(address: string, hear: Hear) {
  const [connection, setConnection] = useState<Connection>("connecting");
  const [attempt, setAttempt] = useState(0);
  const failures = useRef(0);
  const client = useQueryClient();
  // biome-ignore lint/correctness/useExhaustiveDependencies: every attempt connects anew
  useEffect(() => {
    setConnection("connecting");
    let timer: ReturnType<typeof setTimeout> | undefined;
    const source = new EventSource(address);
    source.onopen = () => {
      failures.current = 0;
      setConnection("open");
    };
    source.onmessage = ({ data }) => hear.onEvent(JSON.parse(data) as LiveEvent);
    const number = (message: Event) => Number((message as MessageEvent).data);
    source.addEventListener("more", (message) => hear.onMore(number(message)));
    source.addEventListener("skipped", (message) => hear.onSkipped(number(message)));
    source.onerror = () => {
      source.close();
      setConnection("waiting");
      // Nobody says why it ended; that the session has is one reason.
      askForSignIn(client);
      timer = setTimeout(() => setAttempt((old) => old + 1), patience(failures.current));
      failures.current += 1;
    };
    return () => {
      clearTimeout(timer);
      source.close();
    };
  }, [address, attempt, hear, client]);
  const retryNow = useCallback(() => {
    failures.current = 0;
    setAttempt((old) => old + 1);
  }, []);
  return { connection, retryNow };
}
