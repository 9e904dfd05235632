"""ALS from given vectors and item-to-item similarities by implicit."""

import warnings

import numpy as np
from implicit.als import AlternatingLeastSquares
from implicit.nearest_neighbours import BM25Recommender, CosineRecommender
from scipy import sparse

from common import write

warnings.filterwarnings("ignore")
rng = np.random.default_rng(3)
people, items, factors = 40, 30, 6
popularity = 1 / np.arange(1, items + 1)
cells = {(p, int(i)) for p in range(people) for i in rng.choice(items, rng.integers(1, 12), p=popularity / popularity.sum())}
cells = sorted(cells)
values = rng.integers(1, 9, len(cells)).astype(np.float32)
rows, columns = zip(*cells)
matrix = sparse.csr_matrix((values, (rows, columns)), shape=(people, items))


def als(alpha, iterations, regularization):
    model = AlternatingLeastSquares(factors, regularization=regularization, alpha=alpha, iterations=iterations, num_threads=1)
    start = np.random.default_rng(4)
    model.user_factors = start.random((people, factors), dtype=np.float32) * 0.01
    model.item_factors = start.random((items, factors), dtype=np.float32) * 0.01
    case = {
        "alpha": alpha,
        "iterations": iterations,
        "regularization": regularization,
        "start_people": model.user_factors.astype(float),
        "start_items": model.item_factors.astype(float),
    }
    model.fit(matrix, show_progress=False)
    ids, scores = model.recommend(np.arange(people), matrix, N=5)
    explained = []
    for person in range(people):
        total, contributions, _ = model.explain(person, matrix, itemid=int(ids[person][0]), N=100)
        explained.append({"total": total, "contributions": [[int(item), value] for item, value in contributions]})
    return case | {
        "people": model.user_factors.astype(float),
        "items": model.item_factors.astype(float),
        "top_items": ids,
        "top_scores": scores.astype(float),
        "explained": explained,
    }


def neighbours(model):
    model.fit(matrix, show_progress=False)
    dense = model.similarity.toarray()
    np.fill_diagonal(dense, 0)
    return dense


write(
    "recommend",
    {
        "cells": [[p, i, float(v)] for (p, i), v in zip(cells, values)],
        "people": people,
        "items": items,
        "factors": factors,
        # Few steps from tiny vectors amplify rounding, the more so the weaker the regularisation: in double precision the
        # vectors of these cases stay the same to four digits, which is what makes them comparable.
        "als": [als(1.0, 1, 2.0), als(2.0, 3, 8.0)],
        "cosine": neighbours(CosineRecommender(K=items, num_threads=1)),
        "bm25": neighbours(BM25Recommender(K=items, K1=1.2, B=0.75, num_threads=1)),
    },
)
