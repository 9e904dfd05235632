// Who is here: an anonymous id that stays, and the user's id once it is known.
import { forget, keep, recall } from "./kept";
import { read, remove, write } from "./storage";
import { uuid } from "./uuid";

const idName = "bellwether_id";
const userName = "bellwether_user";

export type Ids = { anonymousId: string; userId?: string };

let id = "";
// The user's id stands beside the anonymous id under which it became known, and counts only while both belong
// together: a reset on one subdomain then logs out the others, whose local storage it cannot reach.
let user: string[] = [];
let mayStore = false;

/** The anonymous id. While nothing may be stored, one that lives as long as the page. */
export function anonymousId(): string {
  const kept = mayStore && recall(idName);
  if (kept) id = kept;
  else {
    id ||= uuid();
    if (mayStore) keep(idName, id);
  }
  return id;
}

function userId(): string | undefined {
  const owner = anonymousId();
  const stored = mayStore && read(userName);
  if (stored) user = stored.split("\n");
  return user[0] === owner ? user[1] : undefined;
}

export function ids(): Ids {
  return { anonymousId: anonymousId(), userId: userId() };
}

/** Another user on the same device gets another anonymous id, so that the two do not become one person. */
export function setUser(next: string): void {
  const known = userId();
  if (known && known !== next) reset();
  user = [anonymousId(), next];
  if (mayStore) write(userName, user.join("\n"));
}

export function reset(): void {
  id = uuid();
  user = [];
  if (!mayStore) return;
  remove(userName);
  keep(idName, id);
}

/** From now on ids may be stored. Storing the anonymous id again makes its cookie last another year. */
export function allowStoring(): void {
  mayStore = true;
  keep(idName, anonymousId());
}

export function forgetIdentity(): void {
  mayStore = false;
  id = "";
  user = [];
  remove(userName);
  forget(idName);
}
