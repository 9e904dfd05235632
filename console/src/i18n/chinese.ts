import campaigns from "./locales/zh-CN/campaigns.json";
import common from "./locales/zh-CN/common.json";
import customers from "./locales/zh-CN/customers.json";
import experiments from "./locales/zh-CN/experiments.json";
import imports from "./locales/zh-CN/imports.json";
import live from "./locales/zh-CN/live.json";
import overview from "./locales/zh-CN/overview.json";
import plan from "./locales/zh-CN/plan.json";
import quality from "./locales/zh-CN/quality.json";
import recommendations from "./locales/zh-CN/recommendations.json";
import segments from "./locales/zh-CN/segments.json";
import shell from "./locales/zh-CN/shell.json";
import sources from "./locales/zh-CN/sources.json";
import stores from "./locales/zh-CN/stores.json";

export const chinese = {
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
