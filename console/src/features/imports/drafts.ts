// What somebody has written stays when the page is left or loaded again: in the browser, until the tab is closed.
const key = (id: string) => `bellwether.mapping.${id}`;

export function keptDraft(id: string): string | undefined {
  try {
    return sessionStorage.getItem(key(id)) ?? undefined;
  } catch {
    return undefined;
  }
}

export function keepDraft(id: string, text: string): void {
  try {
    sessionStorage.setItem(key(id), text);
  } catch {
    // Without storage the draft lasts as long as the page.
  }
}
