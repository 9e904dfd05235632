import { keepPreviousData, queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useRef, useState } from "react";
import { api, take } from "./client";
import { ApiError, toApiError } from "./errors";
import type { components } from "./schema";
import { askForSignIn } from "./session";

export type Upload = components["schemas"]["UploadRow"];
export type FileLook = components["schemas"]["FileLook"];
export type MappingPreview = components["schemas"]["MappingPreview"];
export type MappedRow = components["schemas"]["MappedRow"];
export type ReadyMapping = components["schemas"]["ReadyMapping"];

/** While something goes on, it is asked again this often. */
const pollEvery = 1_000;

/** Whether its import waits or runs. */
export const isUnderWay = (upload: Upload) => upload.state === "queued" || upload.state === "running";

/** Files that were given to the server, and how large one may be. */
export const uploadsQuery = () =>
  queryOptions({
    queryKey: ["uploads"],
    queryFn: () => take(api.GET("/api/v1/imports/uploads")),
    refetchInterval: ({ state }) => (state.data?.uploads.some(isUnderWay) ? pollEvery : false),
  });

/** One file, and how far its import is. */
export const uploadQuery = (id: string) =>
  queryOptions({
    queryKey: ["uploads", id],
    queryFn: () => take(api.GET("/api/v1/imports/uploads/{id}", { params: { path: { id } } })),
    refetchInterval: ({ state }) => (state.data && isUnderWay(state.data) ? pollEvery : false),
  });

/** What a file seems to be. It does not change. */
export const lookQuery = (id: string) =>
  queryOptions({
    queryKey: ["uploads", id, "look"],
    queryFn: () => take(api.GET("/api/v1/imports/uploads/{id}/look", { params: { path: { id } } })),
    staleTime: Number.POSITIVE_INFINITY,
  });

/** What a mapping makes of the first rows; the answer before stays until the next one is there. */
export const mappingPreviewQuery = (id: string, mapping: string) =>
  queryOptions({
    queryKey: ["uploads", id, "preview", mapping],
    queryFn: ({ signal }) =>
      take(api.POST("/api/v1/imports/uploads/{id}/preview", { params: { path: { id } }, body: { mapping }, signal })),
    placeholderData: keepPreviousData,
    gcTime: 60_000,
  });

/** Mappings of well-known systems. */
export const readyMappingsQuery = () =>
  queryOptions({
    queryKey: ["ready-mappings"],
    queryFn: () => take(api.GET("/api/v1/imports/mappings")),
    staleTime: Number.POSITIVE_INFINITY,
  });

/** Shows what a change answered at once, and has the list asked for again. */
function useUploadChange<Change>(id: string, send: (change: Change) => Promise<Upload>) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: send,
    onSuccess: async (upload) => {
      const { queryKey } = uploadQuery(id);
      await client.cancelQueries({ queryKey, exact: true });
      client.setQueryData(queryKey, upload);
      await client.invalidateQueries({ queryKey: uploadsQuery().queryKey, exact: true });
    },
  });
}

/** Starts the import of a file by a mapping. */
export const useStartImport = (id: string) =>
  useUploadChange(id, (mapping: string) =>
    take(api.POST("/api/v1/imports/uploads/{id}/start", { params: { path: { id } }, body: { mapping } })),
  );

/** Stops an import. */
export const useCancelImport = (id: string) =>
  useUploadChange<void>(id, () => take(api.POST("/api/v1/imports/uploads/{id}/cancel", { params: { path: { id } } })));

/** Removes a file. */
export function useRemoveUpload(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => api.DELETE("/api/v1/imports/uploads/{id}", { params: { path: { id } } }),
    onSuccess: async () => {
      client.removeQueries({ queryKey: uploadQuery(id).queryKey });
      await client.invalidateQueries({ queryKey: uploadsQuery().queryKey, exact: true });
    },
  });
}

export interface Sending {
  name: string;
  sent: number;
  total: number;
}

/** Sends a file, and says how much of it is there. `fetch` cannot say that; XMLHttpRequest can. */
export function useSendFile(onDone: (upload: Upload) => void) {
  const client = useQueryClient();
  const request = useRef<XMLHttpRequest>(undefined);
  const [sending, setSending] = useState<Sending>();
  const [error, setError] = useState<ApiError>();
  const stop = useCallback(() => request.current?.abort(), []);
  useEffect(() => stop, [stop]);
  /** Asked when somebody leaves: by then what this page shows may be out of date. */
  const isSending = useCallback(() => request.current !== undefined, []);
  const end = (problem?: ApiError) => {
    request.current = undefined;
    setSending(undefined);
    setError(problem);
  };
  const send = (file: File) => {
    const xhr = new XMLHttpRequest();
    request.current = xhr;
    setError(undefined);
    setSending({ name: file.name, sent: 0, total: file.size });
    xhr.upload.onprogress = ({ loaded }) => setSending({ name: file.name, sent: loaded, total: file.size });
    xhr.onabort = () => end();
    xhr.onerror = () => end(new ApiError(0, "offline"));
    xhr.onload = () => {
      const body = parsed(xhr.responseText);
      if (xhr.status === 401) askForSignIn(client);
      if (xhr.status !== 201) return end(toApiError(xhr.status, body));
      end();
      void client.invalidateQueries({ queryKey: uploadsQuery().queryKey, exact: true });
      onDone(body as Upload);
    };
    xhr.open("POST", `/api/v1/imports/uploads?name=${encodeURIComponent(file.name)}`);
    xhr.setRequestHeader("content-type", "application/octet-stream");
    xhr.send(file);
  };
  return { sending, isSending, error, setError, send, stop };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
