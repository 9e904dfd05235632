const year = 31_536_000; // seconds

/** From the widest domain to the host itself: `com`-like ones are refused by the browser, the first that is taken is it. */
export function domainsOf(host: string): string[] {
  const labels = host.split(".");
  return labels.slice(1).map((_, place) => labels.slice(labels.length - 2 - place).join("."));
}

export function readCookie(name: string): string | undefined {
  try {
    const found = document.cookie.split("; ").find((cookie) => cookie.startsWith(`${name}=`));
    return found && decodeURIComponent(found.slice(name.length + 1));
  } catch {
    return undefined;
  }
}

let widest: string | undefined;

/** Sets a cookie on the widest domain that the browser allows; without a value, deletes it. */
export function writeCookie(name: string, value = ""): void {
  try {
    widest ??= domainsOf(location.hostname).find(accepts) ?? "";
    set(name, value, widest, value ? year : 0);
  } catch {
    // A sandboxed frame has no cookies.
  }
}

function accepts(domain: string): boolean {
  const probe = "bellwether_probe";
  set(probe, "1", domain, 9);
  const taken = readCookie(probe) === "1";
  set(probe, "", domain, 0);
  return taken;
}

function set(name: string, value: string, domain: string, seconds: number): void {
  // biome-ignore lint/suspicious/noDocumentCookie: the cookie store is missing from half of the browsers, and from http
  document.cookie =
    `${name}=${encodeURIComponent(value)}; Path=/; SameSite=Lax; Max-Age=${seconds}` +
    (domain && `; Domain=${domain}`) +
    (location.protocol === "https:" ? "; Secure" : "");
}
