/** An event as the server would keep it: the words of the Segment format, and of the inbox for lines of an order. */
export type MappedEvent = { [key: string]: unknown };

export interface EventDetails {
  what: string;
  who?: string;
  time?: string;
  details: [string, string][];
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const text = (value: unknown): string =>
  value === null || value === undefined ? "" : typeof value === "object" ? JSON.stringify(value) : String(value);

/** The parts of an event that people look at. */
export function detailsOf(event: MappedEvent): EventDetails {
  const order = isObject(event.order) ? event.order : undefined;
  const lines = Array.isArray(order?.products) ? order.products.filter(isObject) : [];
  const details: [string, string][] = [];
  if (order) details.push(["order_id", text(order.order_id)], ["currency", text(order.currency)]);
  lines.forEach((line, index) => {
    const name = [line.name, line.id].map(text).find((word) => word !== "") ?? "";
    details.push([`${index + 1}`, `${text(line.qty)} × ${name} · ${text(line.price)}`]);
  });
  for (const part of [event.properties, event.traits]) {
    if (isObject(part))
      details.push(...Object.entries(part).map(([key, value]): [string, string] => [key, text(value)]));
  }
  const named = text(event.event) || text(event.name);
  return {
    what: named || text(event.type),
    who: text(event.userId) || text(event.anonymousId) || undefined,
    time: typeof event.timestamp === "string" ? event.timestamp : undefined,
    details,
  };
}
