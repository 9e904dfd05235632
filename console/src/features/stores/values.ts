import type { components } from "@/api/schema";
import type { StoreSummary } from "@/api/types";

/** What stands in the form: texts, and numbers that may be missing. */
export interface StoreValues {
  code: string;
  name: string;
  city: string;
  address: string;
  country: string;
  latitude: number | string;
  longitude: number | string;
  opened: string;
  closed: string;
  tags: string[];
}

export const emptyValues: StoreValues = {
  code: "",
  name: "",
  city: "",
  address: "",
  country: "",
  latitude: "",
  longitude: "",
  opened: "",
  closed: "",
  tags: [],
};

export const valuesOf = (store: StoreSummary): StoreValues => ({
  code: store.code,
  name: store.name,
  city: store.city,
  address: store.address,
  country: store.country,
  latitude: store.latitude ?? "",
  longitude: store.longitude ?? "",
  opened: store.opened ?? "",
  closed: store.closed ?? "",
  tags: store.tags,
});

type StoreChange = components["schemas"]["StoreChange"];

/** What was changed, and nothing else: others may have changed the rest meanwhile. What was emptied is taken away. */
export function changeOf(values: StoreValues, before: StoreValues): StoreChange {
  const isSame = (key: keyof StoreValues) => JSON.stringify(values[key]) === JSON.stringify(before[key]);
  const change: StoreChange = {};
  for (const key of ["name", "city", "address", "country", "tags"] as const) {
    if (!isSame(key)) Object.assign(change, { [key]: values[key] });
  }
  for (const key of ["opened", "closed"] as const) if (!isSame(key)) change[key] = values[key] || null;
  // A place is both or neither.
  if (!isSame("latitude") || !isSame("longitude")) {
    change.latitude = degreesOf(values.latitude);
    change.longitude = degreesOf(values.longitude);
  }
  return change;
}

const degreesOf = (value: number | string) => (value === "" ? null : Number(value));

export type StoreProblem = "empty" | "taken" | "degrees" | "place";

/** What keeps the form from being sent. */
export function problemOf(values: StoreValues, taken: readonly string[]): StoreProblem | undefined {
  const code = values.code.trim();
  if (code === "") return "empty";
  if (taken.includes(code)) return "taken";
  if ([values.latitude, values.longitude].some(isNoNumber)) return "degrees";
  return (values.latitude === "") !== (values.longitude === "") ? "place" : undefined;
}

/** A field of numbers also holds what could become one, such as a lone minus. */
export const isNoNumber = (value: number | string) => value !== "" && Number.isNaN(Number(value));
