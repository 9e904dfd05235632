import { openSpotlight } from "@mantine/spotlight";
import { useNavigate } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import { pages } from "./navigation";

/** `g` and a letter goes to a page, `/` searches, `?` helps. Off while somebody types or a dialog is open. */
export function useShortcuts(enabled: boolean, openHelp: () => void): void {
  const navigate = useNavigate();
  const leader = useRef(0);
  useEffect(() => {
    if (!enabled) return;
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || isBusy(event.target)) return;
      if (event.key === "?") return openHelp();
      if (event.key === "/") {
        event.preventDefault();
        return openSpotlight();
      }
      if (event.key === "g") {
        leader.current = event.timeStamp;
        return;
      }
      const page = pages.find((item) => item.key === event.key);
      if (page && event.timeStamp - leader.current < 1_200) void navigate({ to: page.to });
      leader.current = 0;
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, [enabled, navigate, openHelp]);
}

function isBusy(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || target.closest("input, textarea, select, [role=dialog], [role=listbox]") !== null;
}
