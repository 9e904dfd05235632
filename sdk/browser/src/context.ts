import type { Page } from "./page";

declare const VERSION: string;

/** The ids that advertisers put into the links to a page. */
const clickIds =
  "gclid gbraid wbraid dclid fbclid msclkid ttclid twclid li_fat_id sccid epik rdt_cid yclid bd_vid qz_gdt".split(" ");

/** What is said beside every event about where it happened. */
export function contextOf(page: Page) {
  const { search } = page;
  return {
    library: { name: "bellwether-js", version: VERSION },
    page,
    userAgent: navigator.userAgent,
    locale: navigator.language,
    timezone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    screen: { width: screen.width, height: screen.height, density: devicePixelRatio },
    campaign: campaignOf(search),
    clickIds: clickIdsOf(search),
  };
}

/** `utm_source=x` as `{ source: "x" }`; `utm_campaign` is the name. Nothing when there is nothing. */
export function campaignOf(search: string) {
  return select(search, (key) =>
    /^utm_(campaign|source|medium|term|content|id)$/.exec(key)?.[1]?.replace("campaign", "name"),
  );
}

export function clickIdsOf(search: string) {
  return select(search, (key) => (clickIds.includes(key) ? key : undefined));
}

function select(search: string, nameOf: (key: string) => string | undefined): Record<string, string> | undefined {
  const found: Record<string, string> = {};
  new URLSearchParams(search).forEach((value, key) => {
    const name = nameOf(key.toLowerCase());
    if (name) found[name] ||= value;
  });
  return Object.values(found).some(Boolean) ? found : undefined;
}
