"""nDCG by scikit-learn, the other measures by their definitions in NumPy, person by person."""

import numpy as np
from sklearn.metrics import ndcg_score

from common import write

rng = np.random.default_rng(5)
people, items = 25, 40
scores = rng.random((people, items))
relevant = [sorted(rng.choice(items, rng.integers(0, 7), replace=False).tolist()) for _ in range(people)]
having = rng.integers(1, 100, items)


def measures(k):
    rows = []
    for person in range(people):
        if not relevant[person]:
            continue
        truth = np.zeros(items)
        truth[relevant[person]] = 1
        ranked = np.argsort(-scores[person])[:k]
        hits = truth[ranked]
        places = np.flatnonzero(hits) + 1
        rows.append(
            {
                "precision": hits.mean(),
                "recall": hits.sum() / len(relevant[person]),
                "ndcg": ndcg_score([truth], [scores[person]], k=k),
                "map": (np.cumsum(hits) / np.arange(1, k + 1) * hits).sum() / min(k, len(relevant[person])),
                "mrr": 1 / places[0] if len(places) else 0,
                "hit_rate": float(hits.any()),
                "shown": ranked,
            }
        )
    shown = np.concatenate([row.pop("shown") for row in rows])
    means = {name: np.mean([row[name] for row in rows]) for name in rows[0]}
    return means | {
        "k": k,
        "people": len(rows),
        "coverage": len(set(shown)) / items,
        "novelty": -np.log2(having[shown] / 100).mean(),
    }


write(
    "ranking",
    {
        "lists": np.argsort(-scores, axis=1),
        "relevant": relevant,
        "people_with_item": having,
        "trained_people": 100,
        "measures": [measures(k) for k in (1, 5, 10, 20)],
    },
)
