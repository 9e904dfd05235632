import type { ClusteringChoice, SegmentDetail, SegmentSummary } from "../../src/api/types";

const asOf = "2011-12-10T00:00:00Z";
const half = (from: number, to: number) => [from / 2, to / 2];

type Rules = { recency_scores: number[]; frequency_monetary_mean: number[] }[];

function rfm(
  slug: string,
  en: string,
  zh: string,
  descriptionEn: string,
  descriptionZh: string,
  size: number,
  revenueShare: number,
  rules: [number, number, number, number][],
): SegmentSummary {
  const facts: { means: object; rules: Rules } = {
    means: { recency_days: 40, frequency: 5, monetary: 1800 },
    rules: rules.map(([r0, r1, v0, v1]) => ({ recency_scores: [r0, r1], frequency_monetary_mean: half(v0, v1) })),
  };
  return {
    id: `seg_${slug}`,
    slug: `rfm-${slug}`,
    kind: "rfm",
    name: { en, "zh-CN": zh },
    description: { en: descriptionEn, "zh-CN": descriptionZh },
    size,
    share: size / 4_339,
    revenue_share: revenueShare,
    facts,
    as_of: asOf,
  };
}

function cluster(
  place: number,
  en: string,
  zh: string,
  size: number,
  revenueShare: number,
  distances: [string, number][],
): SegmentSummary {
  return {
    id: `seg_cluster_${place}`,
    slug: `cluster-${place}`,
    kind: "cluster",
    name: { en, "zh-CN": zh },
    description: {
      en: "Orders 2.1 standard deviations above, net spending 1.9 above, days since last order 0.8 below the average customer.",
      "zh-CN": "订单数高于平均 2.1 个标准差，净消费额高于 1.9 个，距上次下单低于 0.8 个。",
    },
    size,
    share: size / 4_339,
    revenue_share: revenueShare,
    facts: {
      means: { recency_days: 30, frequency: 8, monetary: 4100 },
      distances: distances.map(([feature, deviations]) => ({ feature, standard_deviations: deviations })),
    },
    as_of: asOf,
  };
}

export const segments: SegmentSummary[] = [
  rfm(
    "champions",
    "Champions",
    "冠军客户",
    "Bought lately, often and much. Thank them, show them what is new, ask them to recommend you.",
    "最近买过、常买、买得多。感谢他们，优先介绍新品，请他们推荐。",
    948,
    0.648,
    [[4, 5, 8, 10]],
  ),
  rfm(
    "loyal-customers",
    "Loyal Customers",
    "忠诚客户",
    "Buy regularly and well. Offer what goes with what they have.",
    "购买稳定且金额可观。推荐与其所购相配的商品。",
    742,
    0.141,
    [
      [4, 5, 6, 7],
      [3, 3, 7, 10],
    ],
  ),
  rfm(
    "potential-loyalists",
    "Potential Loyalists",
    "潜在忠诚客户",
    "Came back lately, more than once. Make the next order easy.",
    "最近回购且不止一次。让下一单更容易。",
    438,
    0.034,
    [[4, 5, 4, 5]],
  ),
  rfm(
    "new-customers",
    "New Customers",
    "新客户",
    "First order just now. Welcome them and lead to a second one.",
    "刚下首单。欢迎他们，引导第二单。",
    112,
    0.004,
    [[5, 5, 2, 3]],
  ),
  rfm(
    "promising",
    "Promising",
    "有希望的客户",
    "Bought rather lately, but once or little. Remind them while they remember you.",
    "近期买过，但只有一次或金额不多。趁还记得您时提醒。",
    158,
    0.006,
    [[4, 4, 2, 3]],
  ),
  rfm(
    "needs-attention",
    "Needs Attention",
    "需要关注",
    "Middling in everything and starting to drift. A good reason to come back helps now.",
    "各项居中，开始疏远。现在需要一个回来的理由。",
    289,
    0.031,
    [[3, 3, 5, 6]],
  ),
  rfm(
    "about-to-sleep",
    "About To Sleep",
    "即将沉睡",
    "Below the middle and fading. A light reminder; do not spend much.",
    "低于中位且在减少。轻度提醒，不必多花钱。",
    312,
    0.012,
    [[3, 3, 2, 4]],
  ),
  rfm(
    "at-risk",
    "At Risk",
    "流失风险",
    "Used to buy well, but not for long. Win them back with what they liked.",
    "曾经买得不错，但很久没来。用他们喜欢的商品挽回。",
    528,
    0.082,
    [
      [2, 2, 6, 10],
      [1, 1, 6, 7],
    ],
  ),
  rfm(
    "cant-lose-them",
    "Can't Lose Them",
    "不能失去",
    "Were among the best and have been gone for long. Call them, find out why.",
    "曾是最好的客户，却久未出现。主动联系，弄清原因。",
    63,
    0.018,
    [[1, 1, 8, 10]],
  ),
  rfm(
    "hibernating",
    "Hibernating",
    "休眠客户",
    "Bought little, a long time ago. Now and then, cheaply.",
    "很久以前买过一点。偶尔、低成本地联系。",
    471,
    0.018,
    [
      [2, 2, 2, 5],
      [1, 1, 4, 5],
    ],
  ),
  rfm(
    "lost",
    "Lost",
    "已流失",
    "Least of all in everything. Leave them in peace.",
    "各项都最低。不必打扰。",
    278,
    0.006,
    [[1, 1, 2, 3]],
  ),
  cluster(1, "High-spending, frequent, broad choice", "高消费、高频、品类广泛", 861, 0.682, [
    ["monetary", 1.41],
    ["frequency", 1.38],
    ["distinct_products", 1.22],
    ["recency_days", -0.84],
  ]),
  cluster(2, "Wholesale-like, large orders", "批发型、大单", 402, 0.127, [
    ["units_per_order", 1.62],
    ["average_order", 1.35],
    ["distinct_products", -0.71],
    ["returns_share", 0.22],
  ]),
  cluster(3, "Recent, new", "最近活跃、新近", 1_204, 0.098, [
    ["tenure_days", -0.96],
    ["recency_days", -0.71],
    ["frequency", -0.31],
    ["monetary", -0.3],
  ]),
  cluster(4, "Returning goods, long-standing", "常退货、老客户", 588, 0.061, [
    ["returns_share", 1.84],
    ["tenure_days", 0.62],
    ["frequency", 0.4],
    ["recency_days", -0.2],
  ]),
  cluster(5, "Lapsed, infrequent, low-spending", "久未购买、低频、低消费", 1_284, 0.032, [
    ["recency_days", 1.12],
    ["frequency", -0.93],
    ["monetary", -0.88],
    ["distinct_products", -0.64],
  ]),
];

export const clustering: ClusteringChoice = {
  chosen_k: 5,
  features: [
    "recency_days",
    "frequency",
    "monetary",
    "tenure_days",
    "average_order",
    "units_per_order",
    "distinct_products",
    "returns_share",
  ],
  candidates: [
    { k: 4, silhouette: 0.241, stability: 0.871, inertia: 9_811, smallest_share: 0.142, eligible: true },
    { k: 5, silhouette: 0.262, stability: 0.902, inertia: 8_640, smallest_share: 0.093, eligible: true },
    { k: 6, silhouette: 0.254, stability: 0.744, inertia: 7_902, smallest_share: 0.051, eligible: true },
    { k: 7, silhouette: 0.239, stability: 0.681, inertia: 7_330, smallest_share: 0.021, eligible: false },
    { k: 8, silhouette: 0.231, stability: 0.66, inertia: 6_912, smallest_share: 0.008, eligible: false },
  ],
};

export function segmentDetail(slug: string): SegmentDetail | null {
  const segment = segments.find((entry) => entry.slug === slug);
  if (!segment) return null;
  return {
    segment,
    currency: "GBP",
    comparison: [
      { feature: "recency_days", unit: "days", segment_mean: 14.2, segment_median: 9, all_mean: 92.5, all_median: 51 },
      { feature: "frequency", unit: "count", segment_mean: 11.8, segment_median: 8, all_mean: 4.3, all_median: 2 },
      {
        feature: "monetary",
        unit: "money",
        segment_mean: 5_870.4,
        segment_median: 2_612.8,
        all_mean: 1_894.1,
        all_median: 648.1,
      },
      { feature: "tenure_days", unit: "days", segment_mean: 268, segment_median: 301, all_mean: 223, all_median: 249 },
      {
        feature: "average_order",
        unit: "money",
        segment_mean: 412.3,
        segment_median: 338.2,
        all_mean: 372.1,
        all_median: 293.9,
      },
      {
        feature: "units_per_order",
        unit: "count",
        segment_mean: 241,
        segment_median: 190.5,
        all_mean: 228,
        all_median: 172,
      },
      {
        feature: "distinct_products",
        unit: "count",
        segment_mean: 142,
        segment_median: 107,
        all_mean: 61,
        all_median: 35,
      },
      {
        feature: "returns_share",
        unit: "share",
        segment_mean: 0.021,
        segment_median: 0.006,
        all_mean: 0.018,
        all_median: 0,
      },
    ],
    top_categories: [
      { name: "Bags", share: 0.184 },
      { name: "Home decoration", share: 0.161 },
      { name: "Kitchen", share: 0.142 },
      { name: "Party", share: 0.097 },
      { name: "Stationery", share: 0.08 },
    ],
    top_countries: [
      { name: "United Kingdom", share: 0.902 },
      { name: "Germany", share: 0.024 },
      { name: "France", share: 0.021 },
      { name: "EIRE", share: 0.004 },
    ],
    top_recommendations: [
      { product: "22423", name: "REGENCY CAKESTAND 3 TIER", category: "Kitchen", price: 12.75, customers: 402 },
      {
        product: "85123A",
        name: "WHITE HANGING HEART T-LIGHT HOLDER",
        category: "Home decoration",
        price: 2.95,
        customers: 381,
      },
      { product: "20725", name: "LUNCH BAG RED RETROSPOT", category: "Bags", price: 1.65, customers: 340 },
      { product: "47566", name: "PARTY BUNTING", category: "Party", price: 4.95, customers: 298 },
    ],
    campaigns: slug === "rfm-at-risk" ? [{ slug: "win-back", name: { en: "Win back", "zh-CN": "流失召回" } }] : [],
  };
}
