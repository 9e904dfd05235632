import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api, take } from "./client";
import { qualityQuery } from "./queries";
import type { components, operations } from "./schema";

type Schemas = components["schemas"];

/** Which rows of the quarantine. */
export type RejectFilter = Pick<
  NonNullable<operations["listRejects"]["parameters"]["query"]>,
  "q" | "reason" | "source" | "behind" | "up_to"
>;

/** By then an event that is still wrong has come back, in milliseconds. */
const comingBack = 2_000;

/** Lists and counts are asked for again, but not the row itself, which may have gone. */
function useRejectChange<Change, Answer>(change: (change: Change) => Promise<Answer>) {
  const client = useQueryClient();
  const askAgain = () =>
    Promise.all([
      client.invalidateQueries({ queryKey: ["rejects"] }),
      client.invalidateQueries({ queryKey: qualityQuery().queryKey }),
    ]);
  return useMutation({
    mutationFn: change,
    onSuccess: () => {
      setTimeout(() => void askAgain(), comingBack);
    },
    onSettled: askAgain,
  });
}

/** Sends an event again: as it came, or the JSON that was written in its place. */
export const useReplayReject = (id: number) =>
  useRejectChange((mended: string | undefined) =>
    take(
      api.POST("/api/v1/quality/rejects/{id}/replay", {
        params: { path: { id } },
        body: {},
        // As it was written: numbers of many digits would not survive being read.
        bodySerializer: () => (mended === undefined ? "{}" : `{"event":${mended}}`),
      }),
    ),
  );

/** Removes a row for good. */
export const useRemoveReject = (id: number) =>
  useRejectChange<void, unknown>(() => api.DELETE("/api/v1/quality/rejects/{id}", { params: { path: { id } } }));

/** Sends again whatever matches now, part by part, and tells how far it has come. */
export const useReplayAll = (filter: RejectFilter, onPart: (sent: number) => void) =>
  useRejectChange<void, Schemas["ReplayedMany"]>(async () => {
    const total: Schemas["ReplayedMany"] = { sent: 0, skipped: 0, left: 0, up_to: 0 };
    for (let upTo = filter.up_to; ; upTo = total.up_to) {
      const part = await take(api.POST("/api/v1/quality/rejects/replay", { body: { ...filter, up_to: upTo } }));
      // Events that can never be sent are met again by every part.
      Object.assign(total, part, { sent: total.sent + part.sent });
      onPart(total.sent);
      if (part.sent === 0 || part.left === 0) return total;
    }
  });

/** Where the rows can be had as a file. */
export function exportAddress(filter: RejectFilter): string {
  const said = Object.entries(filter).filter(([, value]) => value !== undefined);
  const query = new URLSearchParams(said as [string, string][]).toString();
  return `/api/v1/quality/rejects/export${query && `?${query}`}`;
}
