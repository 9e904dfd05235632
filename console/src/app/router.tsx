import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  type RouterHistory,
} from "@tanstack/react-router";
import { PageSkeleton } from "@/components/QueryState";
import { requestFocus } from "./focus";
import { NotFound } from "./NotFound";
import { RouteError } from "./RouteError";
import { Shell } from "./Shell";
import * as search from "./search";

const root = createRootRoute({ component: Shell, notFoundComponent: NotFound });

const routes = [
  createRoute({
    getParentRoute: () => root,
    path: "/",
    component: lazyRouteComponent(() => import("@/features/overview/OverviewPage"), "OverviewPage"),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/customers",
    validateSearch: search.customers,
    component: lazyRouteComponent(() => import("@/features/customers/CustomersPage"), "CustomersPage"),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/customers/$id",
    validateSearch: search.customer,
    component: lazyRouteComponent(() => import("@/features/customers/CustomerPage"), "CustomerPage"),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/segments",
    component: lazyRouteComponent(() => import("@/features/segments/SegmentsPage"), "SegmentsPage"),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/segments/$slug",
    component: lazyRouteComponent(() => import("@/features/segments/SegmentPage"), "SegmentPage"),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/campaigns",
    component: lazyRouteComponent(() => import("@/features/campaigns/CampaignsPage"), "CampaignsPage"),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/campaigns/$slug",
    validateSearch: search.campaign,
    component: lazyRouteComponent(() => import("@/features/campaigns/CampaignPage"), "CampaignPage"),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/recommendations",
    validateSearch: search.recommendations,
    component: lazyRouteComponent(
      () => import("@/features/recommendations/RecommendationsPage"),
      "RecommendationsPage",
    ),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/experiments",
    component: lazyRouteComponent(() => import("@/features/experiments/ExperimentsPage"), "ExperimentsPage"),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/experiments/$slug",
    validateSearch: search.experiment,
    component: lazyRouteComponent(() => import("@/features/experiments/ExperimentPage"), "ExperimentPage"),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/backtest",
    component: lazyRouteComponent(() => import("@/features/experiments/BacktestPage"), "BacktestPage"),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/sources",
    component: lazyRouteComponent(() => import("@/features/sources/SourcesPage"), "SourcesPage"),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/sources/$slug",
    validateSearch: search.source,
    component: lazyRouteComponent(() => import("@/features/sources/SourcePage"), "SourcePage"),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/sources/$slug/mapping",
    component: lazyRouteComponent(() => import("@/features/sources/HookMappingPage"), "HookMappingPage"),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/imports",
    component: lazyRouteComponent(() => import("@/features/imports/ImportsPage"), "ImportsPage"),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/imports/$id",
    component: lazyRouteComponent(() => import("@/features/imports/ImportPage"), "ImportPage"),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/stores",
    validateSearch: search.stores,
    component: lazyRouteComponent(() => import("@/features/stores/StoresPage"), "StoresPage"),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/live",
    validateSearch: search.live,
    component: lazyRouteComponent(() => import("@/features/live/LivePage"), "LivePage"),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/plan",
    validateSearch: search.plan,
    component: lazyRouteComponent(() => import("@/features/plan/PlanPage"), "PlanPage"),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/quality",
    validateSearch: search.quality,
    component: lazyRouteComponent(() => import("@/features/quality/QualityPage"), "QualityPage"),
  }),
] as const;

const tree = root.addChildren(routes);

/** Every address of the console. Pages are chunks of their own, loaded when a link to them is pointed at. */
export function makeRouter(history?: RouterHistory) {
  const router = createRouter({
    routeTree: tree,
    history,
    defaultPreload: "intent",
    defaultPendingComponent: PageSkeleton,
    defaultErrorComponent: RouteError,
    scrollRestoration: true,
  });
  router.subscribe("onBeforeNavigate", ({ pathChanged, fromLocation }) => {
    if (pathChanged && fromLocation) requestFocus();
  });
  return router;
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof makeRouter>;
  }
}
