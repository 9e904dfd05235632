export interface Settings {
  host: string;
  writeKey: string;
  auto: string[];
  consentRequired: boolean;
  /** The visitor's browser says no, and the page wants that to be respected. */
  optedOut: boolean;
}

/** What the script's own tag says. */
export function readSettings(script: HTMLScriptElement): Settings {
  const { writeKey = "", host, auto = "page", consent, respectDnt } = script.dataset;
  return {
    host: (host || new URL(".", script.src).href).replace(/\/+$/, ""),
    writeKey,
    auto: auto.split(",").map((name) => name.trim()),
    consentRequired: consent === "required",
    optedOut: respectDnt !== undefined && respectDnt !== "false" && asksNotToBeTracked(),
  };
}

function asksNotToBeTracked(): boolean {
  const { doNotTrack, globalPrivacyControl } = navigator as Navigator & { globalPrivacyControl?: boolean };
  return globalPrivacyControl === true || doNotTrack === "1";
}
