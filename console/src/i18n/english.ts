import campaigns from "./locales/en/campaigns.json";
import common from "./locales/en/common.json";
import customers from "./locales/en/customers.json";
import experiments from "./locales/en/experiments.json";
import imports from "./locales/en/imports.json";
import live from "./locales/en/live.json";
import overview from "./locales/en/overview.json";
import plan from "./locales/en/plan.json";
import quality from "./locales/en/quality.json";
import recommendations from "./locales/en/recommendations.json";
import segments from "./locales/en/segments.json";
import shell from "./locales/en/shell.json";
import sources from "./locales/en/sources.json";
import stores from "./locales/en/stores.json";

export const english = {
  common,
  shell,
  overview,
  customers,
  segments,
  recommendations,
  campaigns,
  experiments,
  sources,
  imports,
  stores,
  live,
  plan,
  quality,
};
