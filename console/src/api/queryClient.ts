import { MutationCache, QueryCache, QueryClient } from "@tanstack/react-query";
import { ApiError } from "./errors";
import { askForSignIn, sessionKey } from "./session";

/** The cache of answers. A refused answer is not asked for again; a lost one is, twice. */
export function makeQueryClient(): QueryClient {
  const client: QueryClient = new QueryClient({
    queryCache: new QueryCache({
      onError: (error, query) => {
        if (isSignedOut(error) && query.queryKey[0] !== sessionKey[0]) askForSignIn(client);
      },
    }),
    mutationCache: new MutationCache({
      onError: (error) => {
        if (isSignedOut(error)) askForSignIn(client);
      },
    }),
    defaultOptions: {
      queries: {
        staleTime: 30_000,
        retry: (failures, error) => isWorthARetry(error) && failures < 2,
        retryDelay: (failure) => 400 * 2 ** failure,
      },
    },
  });
  return client;
}

/** A session that has ended; a wrong password is another matter. */
const isSignedOut = (error: unknown) => error instanceof ApiError && error.code === "sign_in_required";

function isWorthARetry(error: unknown): boolean {
  return !(error instanceof ApiError) || error.status === 0 || error.status === 502 || error.status === 503;
}
