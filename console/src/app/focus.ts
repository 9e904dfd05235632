// After a change of route the new page's heading takes the focus, so that a screen reader says where one is. The first
// page of a visit does not: the browser has its own way to start there.
let pending = false;

/** Called by the router when the path changes. */
export function requestFocus(): void {
  pending = true;
}

/** True once after every request. */
export function takePendingFocus(): boolean {
  const now = pending;
  pending = false;
  return now;
}
