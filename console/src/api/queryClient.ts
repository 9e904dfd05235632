import { QueryCache, QueryClient } from "@tanstack/react-query";
import { ApiError } from "./errors";
import { sessionKey } from "./session";

/** The cache of answers. A refused answer is not asked for again; a lost one is, twice. */
export function makeQueryClient(): QueryClient {
  const client = new QueryClient({
    queryCache: new QueryCache({
      onError: (error, query) => {
        // A session that ended in the middle of work leads back to the sign-in page.
        if (error instanceof ApiError && error.status === 401 && query.queryKey[0] !== sessionKey[0]) {
          void client.invalidateQueries({ queryKey: sessionKey });
        }
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

function isWorthARetry(error: unknown): boolean {
  return !(error instanceof ApiError) || error.status === 0 || error.status === 502 || error.status === 503;
}
