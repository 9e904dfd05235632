// Whether anything may be stored and sent. Until that is known, what happens is held in memory.
import { keep, recall } from "./kept";
import { listen } from "./safely";
import type { Settings } from "./settings";

const name = "bellwether_consent";
const maxHeld = 100;

export interface Consent {
  /** Now, or when consent is given, or never. */
  whenAllowed(act: () => void): void;
  decide(allowed: boolean): void;
}

export function openConsent(settings: Settings, allow: () => void, forget: () => void): Consent {
  let held: (() => void)[] = [];
  let allowed: boolean | undefined;

  function apply(next: boolean): void {
    const changed = allowed !== next;
    allowed = next;
    const waiting = held;
    held = [];
    if (!next) forget();
    else if (changed) {
      allow();
      for (const act of waiting) act();
    }
  }

  function decide(next: boolean): void {
    if (settings.optedOut || !settings.writeKey) return;
    const remembered = recall(name);
    apply(next);
    // A no is stored only where it takes back a yes; otherwise silence already means no.
    if (next ? settings.consentRequired || remembered : !settings.consentRequired || remembered)
      keep(name, next ? "1" : "0");
  }

  if (!settings.writeKey) allowed = false;
  else if (settings.optedOut) apply(false);
  else {
    const remembered = recall(name);
    if (remembered || !settings.consentRequired) apply(remembered !== "0");
    // Said in one tab, it holds in all.
    listen(window, "storage", (event) => {
      const { key, newValue } = event as StorageEvent;
      if (key === name && newValue) apply(newValue === "1");
    });
  }

  return {
    whenAllowed(act) {
      if (allowed) act();
      else if (allowed === undefined && held.length < maxHeld) held.push(act);
    },
    decide,
  };
}
