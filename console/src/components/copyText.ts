/** Puts a text into the clipboard; whether that worked. */
export async function copyText(text: string): Promise<boolean> {
  // Browsers give pages the clipboard only over https and on this machine; elsewhere the old way has to do.
  if (!navigator.clipboard) return copyBySelection(text);
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyBySelection(text);
  }
}

function copyBySelection(text: string): boolean {
  const area = document.createElement("textarea");
  area.value = text;
  area.setAttribute("readonly", "");
  area.style.position = "fixed";
  area.style.opacity = "0";
  const focused = document.activeElement;
  document.body.append(area);
  area.select();
  let copied = false;
  try {
    copied = document.execCommand("copy");
  } catch {
    // Said by the result.
  }
  area.remove();
  if (focused instanceof HTMLElement) focused.focus();
  return copied;
}
