import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api, take } from "./client";
import { storesQuery } from "./queries";
import type { components } from "./schema";

interface Change {
  code: string;
  body: components["schemas"]["StoreChange"];
}

/** Says something of a store, or makes one that no receipt has named yet. */
export function useChangeStore() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ code, body }: Change) =>
      take(api.PATCH("/api/v1/stores/{code}", { params: { path: { code } }, body })),
    onSuccess: () => client.invalidateQueries({ queryKey: storesQuery().queryKey }),
  });
}
