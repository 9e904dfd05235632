import { listen } from "./safely";

type Track = (event: string, properties: object) => void;

const marked = "data-bellwether-event";

/** What elements say of themselves by `data-bellwether-event`, and, when asked for, all links that lead away and all forms. */
export function watchClicks(track: Track, links: boolean, forms: boolean): void {
  const clicked = (event: Event) => {
    // A context menu is no click; the middle button opens the link all the same.
    if ((event as MouseEvent).button > 1) return;
    const element = nearest(event, `[${marked}]:not(form)`);
    const link = links && nearest(event, "a[href],area[href]");
    if (element) track(element.getAttribute(marked) || "Clicked", propertiesOf(element));
    else if (link) trackLink(link, track);
  };
  listen(document, "click", clicked);
  listen(document, "auxclick", clicked);
  listen(document, "submit", (event) => {
    const form = nearest(event, "form") as HTMLFormElement | undefined;
    if (!form || !(forms || form.hasAttribute(marked))) return;
    track(form.getAttribute(marked) || "Form Submitted", { ...propertiesOf(form), ...describeForm(form) });
  });
}

/** The innermost element that matches, also inside of a web component. */
function nearest(event: Event, selector: string): Element | undefined {
  return event.composedPath().find((node): node is Element => node instanceof Element && node.matches(selector));
}

/** `data-bellwether-prop-product-id="7"` is `product_id: "7"`; `data-bellwether-number-price="7"` is `price: 7`. */
export function propertiesOf(element: Element): Record<string, string | number> {
  const properties: Record<string, string | number> = {};
  for (const { name, value } of Array.from(element.attributes)) {
    const [, kind, rest] = /^data-bellwether-(prop|number)-(.+)$/.exec(name) ?? [];
    if (rest) properties[rest.replace(/-/g, "_")] = kind === "number" ? Number(value) : value;
  }
  return properties;
}

function trackLink(link: Element, track: Track): void {
  const { host, href, protocol } = new URL(link.getAttribute("href") as string, document.baseURI);
  const download = link.hasAttribute("download");
  const outbound = /^http/.test(protocol) && host !== location.host;
  if (!outbound && !download && !/^(mailto|tel):$/.test(protocol)) return;
  const text = (link.getAttribute("aria-label") || link.textContent || "").replace(/\s+/g, " ").trim().slice(0, 100);
  track("Link Clicked", { href, text, id: link.id || undefined, outbound, download });
}

/** Attributes are asked for as such: a field called `action` hides the form's property of that name. */
function describeForm(form: HTMLFormElement) {
  const attribute = (name: string) => form.getAttribute(name) || undefined;
  const { origin, pathname } = new URL(attribute("action") ?? "", document.baseURI);
  return { id: attribute("id"), name: attribute("name"), action: origin + pathname, fields: markedFields(form) };
}

/** Only fields that the page has marked, and never passwords, files or cards. */
function markedFields(form: HTMLFormElement) {
  const fields: Record<string, string | boolean> = {};
  for (const field of Array.from(form.querySelectorAll<HTMLInputElement>("[data-bellwether-field]"))) {
    const { autocomplete, checked, name, type, value } = field;
    if (/^(password|file)$/.test(type) || /^cc-|password|one-time/.test(autocomplete)) continue;
    const key = field.getAttribute("data-bellwether-field") || name || field.id;
    if (type === "checkbox") fields[key] = checked;
    else if (type !== "radio" || checked) fields[key] = value;
  }
  return Object.keys(fields).length ? fields : undefined;
}
