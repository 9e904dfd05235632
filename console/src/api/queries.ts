import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { api, take } from "./client";
import type { operations } from "./schema";

type Query<Name extends keyof operations> = NonNullable<operations[Name]["parameters"]["query"]>;

/** The whole shop on one page. */
export const overviewQuery = () =>
  queryOptions({ queryKey: ["overview"], queryFn: () => take(api.GET("/api/v1/overview")) });

/** Customers that match, in pages. */
export const customersQuery = (query: Query<"listCustomers">) =>
  queryOptions({
    queryKey: ["customers", query],
    queryFn: ({ signal }) => take(api.GET("/api/v1/customers", { params: { query }, signal })),
  });

/** Countries with their number of customers. */
export const countriesQuery = () =>
  queryOptions({
    queryKey: ["countries"],
    queryFn: () => take(api.GET("/api/v1/customers/countries")),
    staleTime: 300_000,
  });

/** One person. */
export const customerQuery = (id: string) =>
  queryOptions({
    queryKey: ["customer", id],
    queryFn: () => take(api.GET("/api/v1/customers/{id}", { params: { path: { id } } })),
  });

/** What to offer one person, and why. */
export const customerRecommendationsQuery = (id: string) =>
  queryOptions({
    queryKey: ["customer", id, "recommendations"],
    queryFn: () => take(api.GET("/api/v1/customers/{id}/recommendations", { params: { path: { id } } })),
  });

/** What was sent to one person. */
export const customerMessagesQuery = (id: string) =>
  queryOptions({
    queryKey: ["customer", id, "messages"],
    queryFn: () =>
      take(api.GET("/api/v1/customers/{id}/messages", { params: { path: { id }, query: { page_size: 100 } } })),
  });

/** What one person did, newest first, part by part. */
export const timelineQuery = (id: string) =>
  infiniteQueryOptions({
    queryKey: ["customer", id, "timeline"],
    queryFn: ({ pageParam, signal }) =>
      take(
        api.GET("/api/v1/customers/{id}/timeline", {
          params: { path: { id }, query: { before: pageParam, limit: 20 } },
          signal,
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next ?? undefined,
  });

/** Every segment. */
export const segmentsQuery = () =>
  queryOptions({
    queryKey: ["segments"],
    queryFn: () => take(api.GET("/api/v1/segments")),
    staleTime: 300_000,
  });

/** One segment against all customers. */
export const segmentQuery = (slug: string) =>
  queryOptions({
    queryKey: ["segments", slug],
    queryFn: () => take(api.GET("/api/v1/segments/{slug}", { params: { path: { slug } } })),
  });

/** How the number of clusters was chosen. */
export const clusteringQuery = () =>
  queryOptions({
    queryKey: ["clustering"],
    queryFn: () => take(api.GET("/api/v1/segments/clustering")),
    staleTime: 300_000,
  });

/** Which model serves, and how good it was. */
export const recommendationsQuery = () =>
  queryOptions({
    queryKey: ["recommendations"],
    queryFn: () => take(api.GET("/api/v1/recommendations")),
  });

/** Every campaign. */
export const campaignsQuery = () =>
  queryOptions({ queryKey: ["campaigns"], queryFn: () => take(api.GET("/api/v1/campaigns")) });

/** One campaign. */
export const campaignQuery = (slug: string) =>
  queryOptions({
    queryKey: ["campaigns", slug],
    queryFn: () => take(api.GET("/api/v1/campaigns/{slug}", { params: { path: { slug } } })),
  });

/** The send ledger of a campaign's run. */
export const campaignMessagesQuery = (slug: string, query: Query<"listCampaignMessages">) =>
  queryOptions({
    queryKey: ["campaigns", slug, "messages", query],
    queryFn: ({ signal }) =>
      take(api.GET("/api/v1/campaigns/{slug}/messages", { params: { path: { slug }, query }, signal })),
  });

/** The message as one real customer gets it. */
export const previewQuery = (slug: string, query: Query<"previewCampaign">) =>
  queryOptions({
    queryKey: ["campaigns", slug, "preview", query],
    queryFn: ({ signal }) =>
      take(api.GET("/api/v1/campaigns/{slug}/preview", { params: { path: { slug }, query }, signal })),
    staleTime: 300_000,
  });

/** Why did this person get it, or not? */
export const decisionQuery = (slug: string, customer: string) =>
  queryOptions({
    queryKey: ["campaigns", slug, "decision", customer],
    queryFn: () =>
      take(api.GET("/api/v1/campaigns/{slug}/decisions/{customer}", { params: { path: { slug, customer } } })),
  });

/** Every randomised comparison. */
export const experimentsQuery = () =>
  queryOptions({ queryKey: ["experiments"], queryFn: () => take(api.GET("/api/v1/experiments")) });

/** One randomised comparison with its numbers. */
export const experimentQuery = (slug: string) =>
  queryOptions({
    queryKey: ["experiments", slug],
    queryFn: () => take(api.GET("/api/v1/experiments/{slug}", { params: { path: { slug } } })),
  });

/** Audiences and lists as of a date, held against what people then did. */
export const backtestQuery = () =>
  queryOptions({ queryKey: ["backtest"], queryFn: () => take(api.GET("/api/v1/backtest")) });

/** What cleaning did. */
export const qualityQuery = () =>
  queryOptions({ queryKey: ["quality"], queryFn: () => take(api.GET("/api/v1/quality")) });

/** Rows in quarantine, in pages. */
export const rejectsQuery = (query: Query<"listRejects">) =>
  queryOptions({
    queryKey: ["rejects", query],
    queryFn: ({ signal }) => take(api.GET("/api/v1/quality/rejects", { params: { query }, signal })),
  });

/** One row in quarantine, as a whole. */
export const rejectQuery = (id: number) =>
  queryOptions({
    queryKey: ["reject", id],
    queryFn: () => take(api.GET("/api/v1/quality/rejects/{id}", { params: { path: { id } } })),
    // What somebody is mending must not change under their hands.
    staleTime: Number.POSITIVE_INFINITY,
  });

/** Every file that was imported. */
export const importsQuery = () =>
  queryOptions({ queryKey: ["imports"], queryFn: () => take(api.GET("/api/v1/imports")) });

/** What is being worked on. */
export const jobsQuery = () => queryOptions({ queryKey: ["jobs"], queryFn: () => take(api.GET("/api/v1/jobs")) });

/** Every store, and what happened there. */
export const storesQuery = () => queryOptions({ queryKey: ["stores"], queryFn: () => take(api.GET("/api/v1/stores")) });

/** Every source, and how busy it is. */
export const sourcesQuery = () =>
  queryOptions({ queryKey: ["sources"], queryFn: () => take(api.GET("/api/v1/sources")) });

/** One source with its key. */
export const sourceQuery = (slug: string) =>
  queryOptions({
    queryKey: ["sources", slug],
    queryFn: () => take(api.GET("/api/v1/sources/{slug}", { params: { path: { slug } } })),
  });
