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

/** All of it: what was emptied is taken away. */
export const changeOf = (values: StoreValues): components["schemas"]["StoreChange"] => ({
  name: values.name,
  city: values.city,
  address: values.address,
  country: values.country,
  latitude: values.latitude === "" ? null : Number(values.latitude),
  longitude: values.longitude === "" ? null : Number(values.longitude),
  opened: values.opened || null,
  closed: values.closed || null,
  tags: values.tags,
});
