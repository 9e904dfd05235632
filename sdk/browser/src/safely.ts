// The script is a guest in somebody's page: it may fail, but never so that the page notices.

export function warn(...what: unknown[]): void {
  console.warn("bellwether:", ...what);
}

/** The same function, except that what it throws becomes a warning. */
export function safely<Arguments extends unknown[], Result>(run: (...given: Arguments) => Result) {
  return (...given: Arguments): Result | undefined => {
    try {
      return run(...given);
    } catch (error) {
      warn(error);
    }
  };
}

/** Listens without ever disturbing the page. Capturing, so that a page which stops an event does not hide it. */
export function listen(target: EventTarget, name: string, react: (event: Event) => void): void {
  target.addEventListener(name, safely(react), true);
}

export function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}
