/** A random UUID. `randomUUID` exists only on pages that came over https. */
export function uuid(): string {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = ((bytes[6] as number) & 15) | 64;
  bytes[8] = ((bytes[8] as number) & 63) | 128;
  return Array.from(
    bytes,
    (byte, place) => (/^(4|6|8|10)$/.test(`${place}`) ? "-" : "") + (byte + 256).toString(16).slice(1),
  ).join("");
}
