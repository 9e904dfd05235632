// The script's start: reads its own tag, puts the API in place of the calls that waited for it, and replays them.
import { openApi } from "./api";
import { listen, safely, warn } from "./safely";
import { readSettings } from "./settings";

const script = (document.currentScript ?? document.querySelector("script[data-write-key]")) as HTMLScriptElement;
const page = window as unknown as { bellwether?: unknown };

safely(() => {
  const waiting = page.bellwether ?? [];
  // Loaded twice: the first one does the work.
  if (!Array.isArray(waiting)) return;
  const settings = readSettings(script);
  if (!settings.writeKey) warn("data-write-key is missing, so nothing will be sent");

  const begin = safely(() => {
    const { api, start } = openApi(settings);
    page.bellwether = api;
    // Who kept a reference to the list may go on using it.
    waiting.push = api.push as typeof waiting.push;
    api.push(...waiting.splice(0));
    start();
  });
  // A page that is made ready in advance has not been seen yet.
  const { prerendering } = document as Document & { prerendering?: boolean };
  if (prerendering) listen(document, "prerenderingchange", begin);
  else begin();
})();
