"""Scaling by scikit-learn, quantiles by NumPy, quantile bins and ranks by pandas."""

import numpy as np
import pandas as pd
from sklearn.preprocessing import MinMaxScaler, RobustScaler, StandardScaler

from common import write

rng = np.random.default_rng(1)
money = np.round(rng.lognormal(4, 1.3, 200), 2)
orders = rng.geometric(0.35, 200).astype(float)
days = np.floor(rng.exponential(60, 200))
columns = {"money": money, "orders": orders, "days": days, "normal": rng.normal(5, 3, 57)}


def scaled(values):
    table = values.reshape(-1, 1)
    scalers = {"standard": StandardScaler(), "min_max": MinMaxScaler(), "robust": RobustScaler()}
    return {name: scaler.fit_transform(table).ravel() for name, scaler in scalers.items()}


def bins(values, count):
    codes, edges = pd.qcut(pd.Series(values), count, labels=False, retbins=True, duplicates="drop")
    return {"bins": count, "edges": edges, "codes": codes.to_numpy()}


def by_rank(values, count):
    codes = pd.qcut(pd.Series(values).rank(method="first"), count, labels=False)
    return {"bins": count, "codes": codes.to_numpy()}


probabilities = [0, 0.01, 0.1, 1 / 3, 0.5, 0.6, 0.77, 0.95, 1]
write(
    "scale",
    {
        name: {
            "values": values,
            "scaled": scaled(values),
            "quantiles": [[p, np.quantile(values, p)] for p in probabilities],
            "qcut": [bins(values, count) for count in (2, 3, 5, 7, 10)],
            "rank_qcut": [by_rank(values, count) for count in (3, 5, 10)],
            "rank": pd.Series(values).rank().to_numpy(),
            "rank_first": pd.Series(values).rank(method="first").to_numpy(),
        }
        for name, values in columns.items()
    },
)
