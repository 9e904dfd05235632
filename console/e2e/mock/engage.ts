import type {
  Backtest,
  CampaignDetail,
  ExperimentDetail,
  MessageRow,
  RecommendationOverview,
} from "../../src/api/types";
import { segments } from "./segments";
import { customers, overview } from "./shop";

const audience = (slug: string) => {
  const segment = segments.find((entry) => entry.slug === slug);
  return segment ? { slug, name: segment.name, kind: segment.kind } : null;
};

function campaign(
  slug: string,
  en: string,
  zh: string,
  goalEn: string,
  goalZh: string,
  segment: string,
  sent: number,
  held: number,
): CampaignDetail {
  return {
    campaign: {
      id: `cmp_${slug}`,
      slug,
      name: { en, "zh-CN": zh },
      goal: { description: { en: goalEn, "zh-CN": goalZh }, event: "Order Completed", within_days: 28 },
      audience: audience(segment),
      holdout_per_10_000: 1_000,
      channel: "outbox",
      version: 1,
      state: { name: "completed", run: `run_${slug}`, at: "2026-11-22T09:12:00Z" },
      decisions: {
        send: sent,
        hold_out: held,
        no_address: 0,
        suppressed: 1,
        duplicate_address: 0,
        total: sent + held + 1,
      },
      ledger: { reserved: 0, handed_over: sent - 1, failed: 0, unknown: 1, total: sent },
    },
    content: {
      subject: {
        en: "We miss you{% if customer.country %} in {{ customer.country }}{% endif %}",
        "zh-CN": "好久不见，我们为您挑选了几件好物",
      },
      body: {
        en: "<mjml>\n  <mj-body>\n    <mj-section>…</mj-section>\n  </mj-body>\n</mjml>",
        "zh-CN": "<mjml>\n  <mj-body>…</mj-body>\n</mjml>",
      },
    },
    audience_size: sent + held + 1,
    reconciliation: { decided: sent, messages: sent, ended: sent, reconciles: true },
  };
}

export const campaigns: CampaignDetail[] = [
  campaign(
    "win-back",
    "Win back",
    "流失召回",
    "Customers who used to buy well order again",
    "让曾经的好客户再次下单",
    "rfm-at-risk",
    474,
    53,
  ),
  campaign(
    "second-order",
    "Lead to the second order",
    "引导第二单",
    "New customers place a second order",
    "让新客户下第二单",
    "rfm-new-customers",
    100,
    11,
  ),
  campaign(
    "thank-champions",
    "Thank the champions",
    "感谢冠军客户",
    "The best customers see what is new, and order",
    "让最佳客户看到新品并下单",
    "rfm-champions",
    852,
    95,
  ),
];

export function messages(detail: CampaignDetail): MessageRow[] {
  const { slug, name } = detail.campaign;
  return customers.slice(0, detail.campaign.ledger.total).map((row, index) => ({
    id: `msg_${slug}_${index}`,
    campaign: { slug, name },
    run: `run_${slug}`,
    customer: { id: row.id, user_id: row.user_id },
    channel: "outbox",
    address: row.email ?? "",
    state: index === 3 ? "unknown" : "handed_over",
    at: "2026-11-22T09:12:00Z",
    receipt: index === 3 ? null : `msg_${slug}_${index}.eml`,
    error: null,
  }));
}

export function emailHtml(language: string, userId: string): string {
  const zh = language === "zh-CN";
  const cell = (title: string, price: string) =>
    `<td style="width:33%;padding:8px;vertical-align:top"><div style="height:90px;border-radius:8px;background:#dbe4ff"></div><p style="margin:8px 0 2px;font-size:13px;font-weight:600">${title}</p><p style="margin:0;font-size:13px;color:#596273">${price}</p></td>`;
  return `<!doctype html><html lang="${language}"><head><meta charset="utf-8"><style>body{margin:0;font-family:Helvetica,Arial,'PingFang SC',sans-serif;color:#12151b;background:#f6f7f9}.c{max-width:600px;margin:0 auto;background:#fff;padding:28px}</style></head><body><div class="c"><h1 style="font-size:24px;margin:0 0 12px">${zh ? "好久不见" : "It has been a while"}</h1><p style="line-height:1.55">${zh ? `尊敬的客户 ${userId}，根据您喜欢的商品，我们为您挑选了这些：` : `Dear customer ${userId}, based on what you like, we picked these for you:`}</p><table style="width:100%;border-collapse:collapse"><tr>${cell("REGENCY CAKESTAND 3 TIER", "£12.75")}${cell("PARTY BUNTING", "£4.95")}${cell("CHILLI LIGHTS", "£5.75")}</tr></table><p style="text-align:center;margin:26px 0"><a href="https://shop.example.com/" style="background:#2e52d0;color:#fff;padding:12px 26px;border-radius:8px;text-decoration:none;font-weight:600">${zh ? "去看看" : "See them all"}</a></p><p style="font-size:12px;color:#596273">${zh ? "不想再收到此类邮件？" : "Do not want these messages?"} <a href="https://shop.example.com/unsubscribe" style="color:#2644ae">${zh ? "退订" : "Unsubscribe"}</a></p></div></body></html>`;
}

export const recommendationOverview: RecommendationOverview = {
  currency: "GBP",
  customers: 4_339,
  serving: "als",
  reason: { code: "model_beats_popularity", params: { kind: "als", ratio: 1.71, threshold: 1.2 } },
  evaluation: [
    { kind: "als", recall_at_10: 0.0812, ndcg_at_10: 0.1204, coverage: 0.412, customers: 1_106, serving: true },
    {
      kind: "item_to_item",
      recall_at_10: 0.0731,
      ndcg_at_10: 0.1098,
      coverage: 0.683,
      customers: 1_106,
      serving: false,
    },
    { kind: "popularity", recall_at_10: 0.0412, ndcg_at_10: 0.0704, coverage: 0.008, customers: 1_106, serving: false },
  ],
  models: [
    {
      id: "mdl_1",
      kind: "als",
      trained_at: "2026-11-22T09:11:00Z",
      data_until: "2011-12-10T00:00:00Z",
      parameters: { factors: 64, iterations: 15, regularization: 0.05, alpha: 40 },
      metrics: {},
      serving: true,
    },
    {
      id: "mdl_2",
      kind: "popularity",
      trained_at: "2026-11-22T09:11:00Z",
      data_until: "2011-12-10T00:00:00Z",
      parameters: {},
      metrics: {},
      serving: false,
    },
  ],
  most_recommended: overview.top_products.map(({ product, name, category }, index) => ({
    product,
    name,
    category,
    price: 2.95,
    customers: 1_902 - index * 131,
  })),
};

const click = { key: "click", name: { en: "Click", "zh-CN": "点击" }, kind: "rate" as const };
const arm = (name: string, low: number, high: number) => ({ arm: name, n: 10_000, sum: 46, mean: 0.0046, low, high });
const comparison = {
  arm: "bts",
  difference: 0,
  difference_low: -0.001876,
  difference_high: 0.001876,
  lift: 0,
  lift_low: -0.334,
  lift_high: 0.502,
  p_value: 1,
  significant: false,
  verdict: { code: "no_difference", params: { metric: "click", arm: "bts", control: "random" } },
};

export const experiment: ExperimentDetail = {
  experiment: {
    id: "exp_open_bandit",
    slug: "open-bandit-women",
    name: { en: "Open Bandit: Thompson sampling against random", "zh-CN": "Open Bandit：汤普森采样与随机策略" },
    description: {
      en: "Two policies chose at random who saw which item of women's fashion; the outcome is a click. Open Bandit Dataset, ZOZO, CC BY 4.0.",
      "zh-CN": "两种策略随机决定向谁展示哪件女装，结果为点击。数据：Open Bandit Dataset，ZOZO，CC BY 4.0。",
    },
    kind: "imported",
    control: "random",
    metrics: [click],
    currency: "JPY",
    ended_at: "2019-11-30T00:00:00Z",
  },
  confidence: 0.95,
  verdict: { code: "no_difference", params: { metric: "click", arm: "bts", control: "random", lift: 0, p_value: 1 } },
  arms: [
    { arm: "random", is_control: true, n: 10_000, planned_share: 0.5, share: 0.5 },
    { arm: "bts", is_control: false, n: 10_000, planned_share: 0.5, share: 0.5 },
  ],
  sample_ratio: { chi_square: 0, degrees_of_freedom: 1, p_value: 1, threshold: 0.001, ok: true },
  metrics: [
    {
      metric: click,
      arms: [arm("random", 0.00345, 0.00613), arm("bts", 0.00345, 0.00613)],
      comparisons: [comparison],
      power: [
        { relative_effect: 0.1, power: 0.8, per_arm: 356_642 },
        { relative_effect: 0.2, power: 0.8, per_arm: 93_419 },
      ],
    },
  ],
  funnel: [
    {
      step: "exposed",
      arms: [
        { arm: "random", count: 10_000, rate: 1 },
        { arm: "bts", count: 10_000, rate: 1 },
      ],
    },
    {
      step: "click",
      arms: [
        { arm: "random", count: 46, rate: 0.0046 },
        { arm: "bts", count: 46, rate: 0.0046 },
      ],
    },
  ],
  segments: ["1", "2", "3"].map((value, index) => ({
    column: "position",
    value,
    metric: "click",
    control: { arm: "random", n: 3_333, sum: 15, mean: 0.0045, low: 0.0027, high: 0.0074 },
    treated: { arm: "bts", n: 3_333, sum: 14 + index * 2, mean: 0.0042 + index * 0.0006, low: 0.0025, high: 0.008 },
    comparison: {
      ...comparison,
      lift: -0.066 + index * 0.13,
      lift_low: -0.55 + index * 0.1,
      lift_high: 0.93 + index * 0.2,
      p_value: 0.86 - index * 0.2,
    },
  })),
  roi: [],
};

const group = (count: number, rate: number, per: number) => ({
  customers: count,
  responders: count * rate,
  response_rate: rate,
  response_rate_low: Math.max(0, rate - 1.96 * Math.sqrt((rate * (1 - rate)) / count)),
  response_rate_high: rate + 1.96 * Math.sqrt((rate * (1 - rate)) / count),
  revenue: count * per,
  revenue_per_customer: per,
});

export const backtest: Backtest = {
  as_of: "2011-11-11T00:00:00Z",
  until: "2011-12-09T23:59:59Z",
  currency: "GBP",
  customers: 4_128,
  responders: 1_402,
  audience_responders: 812,
  campaigns: [
    {
      slug: "thank-champions",
      name: { en: "Thank the champions", "zh-CN": "感谢冠军客户" },
      segment: "rfm-champions",
      chosen: group(861, 0.702, 618.4),
      rest: group(3_267, 0.244, 71.2),
      random: group(861, 0.34, 184.9),
      lift: 2.06,
    },
    {
      slug: "win-back",
      name: { en: "Win back", "zh-CN": "流失召回" },
      segment: "rfm-at-risk",
      chosen: group(502, 0.148, 41.2),
      rest: group(3_626, 0.366, 204.6),
      random: group(502, 0.339, 185.2),
      lift: 0.44,
    },
    {
      slug: "second-order",
      name: { en: "Lead to the second order", "zh-CN": "引导第二单" },
      segment: "rfm-new-customers",
      chosen: group(121, 0.281, 58.8),
      rest: group(4_007, 0.341, 188.1),
      random: group(121, 0.34, 183.7),
      lift: 0.83,
    },
  ],
  lift_curve: Array.from({ length: 20 }, (_, index) => {
    const share = (index + 1) / 20;
    const captured = 1 - (1 - share) ** 1.9;
    return { share, captured, lift: captured / share };
  }),
  recommendations: [
    { kind: "als", recall_at_10: 0.0812, ndcg_at_10: 0.1204, coverage: 0.412, customers: 1_106 },
    { kind: "item_to_item", recall_at_10: 0.0731, ndcg_at_10: 0.1098, coverage: 0.683, customers: 1_106 },
    { kind: "popularity", recall_at_10: 0.0412, ndcg_at_10: 0.0704, coverage: 0.008, customers: 1_106 },
  ],
};
