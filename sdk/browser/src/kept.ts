// Small values that are kept twice, in a cookie and in local storage, and each restored from the other. The cookie
// wins: it is what the subdomains of a shop share, so that a new id on one of them is the id on all.
import { readCookie, writeCookie } from "./cookie";
import { read, remove, write } from "./storage";

export function recall(name: string): string | undefined {
  const cookie = readCookie(name);
  const stored = read(name);
  const value = cookie || stored || undefined;
  if (value && value !== cookie) writeCookie(name, value);
  if (value && value !== stored) write(name, value);
  return value;
}

export function keep(name: string, value: string): void {
  writeCookie(name, value);
  write(name, value);
}

export function forget(name: string): void {
  if (readCookie(name)) writeCookie(name);
  remove(name);
}
