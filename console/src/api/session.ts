import { type QueryClient, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, take } from "./client";

export const sessionKey = ["session"] as const;

/** Whether this browser may use the API, and whether a password is wanted at all. */
export function useSession() {
  return useQuery({
    queryKey: sessionKey,
    queryFn: () => take(api.GET("/api/v1/session")),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** Looks whether the session has ended in the middle of work; where it has, the page to sign in comes. */
export function askForSignIn(client: QueryClient): void {
  void client.invalidateQueries({ queryKey: sessionKey });
}

/** Signs in; everything that was refused before is asked for again. */
export function useSignIn() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (password: string) => take(api.POST("/api/v1/session", { body: { password } })),
    onSuccess: (session) => {
      client.removeQueries({ predicate: (query) => query.queryKey[0] !== sessionKey[0] });
      client.setQueryData(sessionKey, session);
    },
  });
}

/** Signs out, and forgets what was seen. */
export function useSignOut() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => take(api.DELETE("/api/v1/session")),
    onSuccess: (session) => {
      client.setQueryData(sessionKey, session);
      client.removeQueries({ predicate: (query) => query.queryKey[0] !== sessionKey[0] });
    },
  });
}
