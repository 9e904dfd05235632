import { expect, it } from "vitest";
import { distances, rfmRules } from "./facts";

it("reads rules and distances as the segment stage writes them", () => {
  const facts = {
    rules: [{ recency_scores: [4, 5], frequency_monetary_mean: [4, 5] }],
    distances: [{ feature: "monetary", standard_deviations: 1.4 }],
  };
  expect(rfmRules({ facts })).toEqual([{ recency: [4, 5], value: [4, 5] }]);
  expect(distances({ facts })).toEqual([{ feature: "monetary", deviations: 1.4 }]);
});

it("leaves out what does not fit, since facts are open", () => {
  expect(rfmRules({ facts: {} })).toEqual([]);
  expect(rfmRules({ facts: { rules: "all" } })).toEqual([]);
  expect(rfmRules({ facts: { rules: [null, { recency_scores: [1] }, 7] } })).toEqual([]);
  expect(distances({ facts: { distances: [{ feature: 3, standard_deviations: "far" }] } })).toEqual([]);
});
