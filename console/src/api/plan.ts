import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { api, take } from "./client";
import type { components } from "./schema";

type Schemas = components["schemas"];

/** Which entry of the plan. */
export interface PlanKey {
  event: string;
  source?: string;
}

/** The tracking plan, and the events that it does not name. */
export const planQuery = () => queryOptions({ queryKey: ["plan"], queryFn: () => take(api.GET("/api/v1/plan")) });

/** One entry with its history, which is empty where the plan never named the event. */
export const planEntryQuery = (key: PlanKey) =>
  queryOptions({
    queryKey: ["plan", "entry", key],
    queryFn: () => take(api.GET("/api/v1/plan/entry", { params: { query: key } })),
    // What somebody is writing must not change under their hands.
    staleTime: Number.POSITIVE_INFINITY,
  });

/** `onDone` is a part of the change itself: an entry that is asked for again takes the place of the one that was changed. */
function usePlanChange<Change, Answer>(change: (change: Change) => Promise<Answer>, onDone?: () => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: change,
    onSuccess: () => onDone?.(),
    onSettled: () => client.invalidateQueries({ queryKey: ["plan"] }),
  });
}

/** What an entry is to say. The schema is text: as it was written. */
export interface EntryChange extends PlanKey {
  mode: Schemas["PlanModeName"];
  schema: string;
  note: string;
  based_on: number;
}

export const usePutEntry = (onDone: () => void) =>
  usePlanChange(
    ({ schema, ...rest }: EntryChange) =>
      take(
        api.PUT("/api/v1/plan/entry", {
          body: { ...rest, schema: {} },
          bodySerializer: () => `${JSON.stringify(rest).slice(0, -1)},"schema":${schema}}`,
        }),
      ),
    onDone,
  );

export const useRemoveEntry = (onDone: () => void) =>
  usePlanChange(
    (entry: PlanKey & { based_on: number }) => take(api.DELETE("/api/v1/plan/entry", { params: { query: entry } })),
    onDone,
  );

export const usePutUnplanned = () =>
  usePlanChange((mode: Schemas["PlanModeName"]) => api.PUT("/api/v1/plan/unplanned", { body: { mode, note: "" } }));

/** What a schema would have done. Changes nothing. */
export const useTrial = () =>
  useMutation({
    mutationFn: ({ schema, ...key }: PlanKey & { schema: string }) =>
      take(
        api.POST("/api/v1/plan/trial", {
          body: { ...key, schema: {} },
          bodySerializer: () => `${JSON.stringify(key).slice(0, -1)},"schema":${schema}}`,
        }),
      ),
  });

/** What the plan could say. Changes nothing. */
export const useLearn = () =>
  useMutation({
    mutationFn: (body: Schemas["Learn"]) => take(api.POST("/api/v1/plan/learn", { body })),
  });

/** Where the plan can be had as a file. */
export const planAddress = "/api/v1/plan/document";
