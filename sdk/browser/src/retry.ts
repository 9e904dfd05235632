const longest = 300_000; // milliseconds
const longestAsked = 3_600_000;

/** Whether the same batch may be taken later. */
export function isTemporary(status: number): boolean {
  return status === 408 || status === 429 || status >= 500;
}

/** How long the server asks to be left alone, in milliseconds. Never more than an hour, lest one odd answer ends everything. */
export function askedFor(retryAfter: string | null | undefined, now: number): number {
  if (!retryAfter) return 0;
  const seconds = Number(retryAfter);
  const wait = Number.isNaN(seconds) ? Date.parse(retryAfter) - now : seconds * 1000;
  return Math.min(Math.max(wait, 0) || 0, longestAsked);
}

/** The pause after so many failures: twice as long each time, and spread, so that not all pages come back at once. */
export function pauseAfter(failures: number, asked: number, chance: number): number {
  const pause = Math.min(1000 * 2 ** (failures - 1), longest);
  return Math.max(pause * (0.5 + chance / 2), asked && asked + chance * 1000);
}
