import { keepPreviousData, queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { api, take } from "./client";
import { sourceQuery, sourcesQuery } from "./queries";
import type { components } from "./schema";
import type { SourceDetail } from "./types";

type Schemas = components["schemas"];

/** What every change of a source does: shows its answer at once, and has the list asked for again. */
function useSourceChange<Change>(send: (change: Change) => Promise<SourceDetail>) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: send,
    onSuccess: async (detail) => {
      const { queryKey } = sourceQuery(detail.source.slug);
      // A poll that began before the change would bring back what was true before it.
      await client.cancelQueries({ queryKey });
      client.setQueryData(queryKey, detail);
      await client.invalidateQueries({ queryKey: sourcesQuery().queryKey, exact: true });
    },
  });
}

/** Makes a source. */
export const useCreateSource = () =>
  useSourceChange((body: Schemas["NewSource"]) => take(api.POST("/api/v1/sources", { body })));

/** Renames, enables or disables a source. */
export const useChangeSource = (slug: string) =>
  useSourceChange((body: Schemas["SourceChange"]) =>
    take(api.PATCH("/api/v1/sources/{slug}", { params: { path: { slug } }, body })),
  );

/** Gives a source a new key; the old one stops. */
export const useRotateKey = (slug: string) =>
  useSourceChange<void>(() => take(api.POST("/api/v1/sources/{slug}/rotate-key", { params: { path: { slug } } })));

/** Removes a source. */
export function useRemoveSource(slug: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => api.DELETE("/api/v1/sources/{slug}", { params: { path: { slug } } }),
    onSuccess: () => client.invalidateQueries({ queryKey: sourcesQuery().queryKey, exact: true }),
  });
}

export type HookWorkbench = Schemas["HookWorkbench"];
export type SampleDelivery = Schemas["SampleDelivery"];
export type HookPreview = Schemas["HookPreview"];

/** Deliveries of a web hook to try a mapping on, and mappings to start from. They stay what they were while somebody works. */
export const hookWorkbenchQuery = (slug: string) =>
  queryOptions({
    queryKey: ["sources", slug, "hook-workbench"],
    queryFn: () => take(api.GET("/api/v1/sources/{slug}/hook/workbench", { params: { path: { slug } } })),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  });

/** What a mapping makes of a delivery; the answer before stays until the next one is there. */
export const hookPreviewQuery = (slug: string, trial: Schemas["HookTrial"]) =>
  queryOptions({
    queryKey: ["sources", slug, "hook-preview", trial],
    queryFn: ({ signal }) =>
      take(api.POST("/api/v1/sources/{slug}/hook/preview", { params: { path: { slug } }, body: trial, signal })),
    placeholderData: keepPreviousData,
    gcTime: 60_000,
  });

/** A mapping guessed from a delivery. */
export const useGuessHookMapping = (slug: string) =>
  useMutation({
    mutationFn: (body: string) =>
      take(api.POST("/api/v1/sources/{slug}/hook/guess", { params: { path: { slug } }, body: { body } })),
  });
