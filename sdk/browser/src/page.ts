import { listen, safely } from "./safely";

export interface Page {
  path: string;
  referrer: string;
  search: string;
  title: string;
  url: string;
}

// An application's routers render, and set the title, shortly after they have changed the address.
const titleDelay = 50; // milliseconds

let referrer = document.referrer;

/** The page as it is now. What follows `#` is left out (it may hold a token) unless it is a route, `#/…` or `#!…`. */
export function describePage(): Page {
  const { hash, href, pathname, search } = location;
  const route = /^#[!/]/.test(hash) ? hash : "";
  return { path: pathname + route, referrer, search, title: document.title, url: href.split("#")[0] + route };
}

/**
 * Reports this page, and then each real change of the address. A page whose title is still awaited is reported at once
 * by the function that this returns.
 */
export function watchPages(view: (page: Page, at: Date) => void): () => void {
  let current = "";
  let pending: { page: Page; at: Date } | undefined;

  const settle = () => {
    if (!pending) return;
    const { page, at } = pending;
    pending = undefined;
    view({ ...page, title: document.title }, at);
  };
  const look = safely(() => {
    const page = describePage();
    if (page.url === current) return;
    settle();
    if (current) referrer = page.referrer = current;
    current = page.url;
    const viewed = { page, at: new Date() };
    pending = viewed;
    setTimeout(
      safely(() => {
        if (pending === viewed) settle();
      }),
      titleDelay,
    );
  });

  look();
  // Where the script runs before the title has arrived, the page waits for it like any other.
  if (document.title) settle();
  for (const method of ["pushState", "replaceState"] as const) {
    const original = history[method];
    history[method] = function (...given) {
      original.apply(this, given);
      look();
    };
  }
  listen(window, "popstate", look);
  listen(window, "hashchange", look);
  listen(window, "pageshow", (event) => {
    if (!(event as PageTransitionEvent).persisted) return;
    // Back from the browser's cache: the same document, seen once more.
    current = "";
    look();
  });
  return settle;
}
