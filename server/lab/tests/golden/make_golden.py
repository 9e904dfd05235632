"""Numbers that the laboratory must agree with, computed by pandas, scikit-learn and SciPy.

    python make_golden.py /path/to/data > golden.json

Made with pandas 2.3.3, scikit-learn 1.9.1. The data folder is the one of BELLWETHER_DATA. Only summaries are kept here,
no data.
"""

import json
import sys
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import stats
from sklearn.cluster import KMeans
from sklearn.metrics import calinski_harabasz_score, davies_bouldin_score, silhouette_score
from sklearn.preprocessing import StandardScaler

DATA = Path(sys.argv[1])


def rfm():
    """RFM quintiles of the CDNOW sample by qcut; frequency has too many ties and is cut by rank."""
    names = ["full_id", "customer", "date", "count", "amount"]
    rows = pd.read_csv(DATA / "cdnow_sample/CDNOW_sample.txt", sep=r"\s+", header=None, names=names)
    rows["date"] = pd.to_datetime(rows.date, format="%Y%m%d")
    as_of = rows.date.max() + pd.Timedelta(days=1)
    customers = rows.groupby("full_id").agg(
        recency=("date", lambda dates: (as_of - dates.max()).days), frequency=("date", "size"), monetary=("amount", "sum")
    )
    r = pd.qcut(customers.recency, 5, labels=[5, 4, 3, 2, 1]).astype(int)
    f = pd.qcut(customers.frequency.rank(method="first"), 5, labels=[1, 2, 3, 4, 5]).astype(int)
    m = pd.qcut(customers.monetary, 5, labels=[1, 2, 3, 4, 5]).astype(int)
    place = np.arange(1, len(customers) + 1)
    count = lambda scores: [int((scores == s).sum()) for s in range(1, 6)]
    return {
        "as_of": str(as_of.date()),
        "customers": len(customers),
        "recency_sum": int(customers.recency.sum()),
        "frequency_sum": int(customers.frequency.sum()),
        "monetary_sum": float(customers.monetary.sum()),
        "r": count(r),
        "f": count(f),
        "m": count(m),
        # One wrong score of one customer changes this.
        "score_checksum": int((place * (100 * r + 10 * f + m)).sum()),
    }


def clusters(path, columns, k, **options):
    """k-means of z-scores: the best of many starts, and its measures."""
    data = pd.read_csv(DATA / path, **options)[columns].dropna()
    scaled = StandardScaler().fit_transform(data)
    model = KMeans(k, n_init=100, random_state=0).fit(scaled)
    return {
        "columns": columns,
        "k": k,
        "rows": len(data),
        "inertia": float(model.inertia_),
        "silhouette": float(silhouette_score(scaled, model.labels_)),
        "davies_bouldin": float(davies_bouldin_score(scaled, model.labels_)),
        "calinski_harabasz": float(calinski_harabasz_score(scaled, model.labels_)),
        "sizes": sorted(np.bincount(model.labels_).tolist(), reverse=True),
    }


def description(path, **options):
    """What describe() says of every numeric column, and what is missing in all."""
    data = pd.read_csv(DATA / path, **options)
    columns = {}
    for name in data.columns:
        column = data[name]
        entry = {"missing": int(column.isna().sum()), "distinct": int(column.nunique())}
        if pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column):
            found = column.describe()
            low, high = found["25%"], found["75%"]
            out = (column < low - 1.5 * (high - low)) | (column > high + 1.5 * (high - low))
            entry |= {key: float(found[key]) for key in ("mean", "std", "min", "max", "25%", "50%", "75%")}
            entry["outliers"] = int(out.sum())
        columns[str(name)] = entry
    return {"rows": len(data), "duplicate_rows": int(data.duplicated().sum()), "columns": columns}


def experiment():
    """Hillstrom: rates by pooled z, spending by Welch, the sample-ratio check, CUPED by history."""
    rows = pd.read_csv(DATA / "hillstrom/hillstrom.csv.gz")
    control = rows[rows.segment == "No E-Mail"]
    sizes = rows.segment.value_counts()
    result = {"srm_p_value": float(stats.chisquare(sizes).pvalue), "variants": {}}
    for name in ["Mens E-Mail", "Womens E-Mail", "No E-Mail"]:
        arm = rows[rows.segment == name]
        entry = {"n": len(arm)}
        for outcome in ["visit", "conversion", "spend"]:
            y, y0 = arm[outcome], control[outcome]
            found = {"mean": float(y.mean())}
            if name != "No E-Mail":
                found["lift"] = float(y.mean() / y0.mean() - 1)
                if outcome == "spend":
                    found["p_value"] = float(stats.ttest_ind(y, y0, equal_var=False).pvalue)
                    v, v0 = y.var(ddof=1) / len(y), y0.var(ddof=1) / len(y0)
                    degrees = (v + v0) ** 2 / (v**2 / (len(y) - 1) + v0**2 / (len(y0) - 1))
                    quantile = stats.t.ppf(0.975, degrees)
                else:
                    pooled = (y.sum() + y0.sum()) / (len(y) + len(y0))
                    error = np.sqrt(pooled * (1 - pooled) * (1 / len(y) + 1 / len(y0)))
                    found["p_value"] = float(2 * stats.norm.sf(abs(y.mean() - y0.mean()) / error))
                    v, v0 = y.var(ddof=0) / len(y), y0.var(ddof=0) / len(y0)
                    quantile = stats.norm.ppf(0.975)
                spread = np.sqrt(v / y0.mean() ** 2 + v0 * y.mean() ** 2 / y0.mean() ** 4)
                found["ci_low"] = float(found["lift"] - quantile * spread)
                found["ci_high"] = float(found["lift"] + quantile * spread)
            entry[outcome] = found
        result["variants"][name] = entry
    return result


def popularity():
    """The first published fold of MovieLens 100K: rows 1-20000 are held out; popularity ranks all items."""
    names = ["user", "item", "value", "time"]
    rows = pd.read_csv(DATA / "movielens_100k/u.data", sep="\t", header=None, names=names)
    test, train = rows.iloc[:20000], rows.iloc[20000:]
    index = {item: number for number, item in enumerate(pd.concat([train, test]).item.unique())}
    people_with = train.groupby("item").user.nunique()
    ranked = sorted(people_with.index, key=lambda item: (-people_with[item], index[item]))
    seen = train.groupby("user").item.agg(set)
    result = {}
    for k in (10, 20):
        recall, ndcg, average, reciprocal, hit = [], [], [], [], []
        shown = set()
        for user, wanted in test.groupby("user").item.agg(set).items():
            if user not in seen:
                continue
            best = [item for item in ranked if item not in seen[user]][:k]
            shown |= set(best)
            places = [place for place, item in enumerate(best) if item in wanted]
            reachable = min(k, len(wanted))
            ideal = sum(1 / np.log2(place + 2) for place in range(reachable))
            recall.append(len(places) / len(wanted))
            ndcg.append(sum(1 / np.log2(place + 2) for place in places) / ideal)
            average.append(sum((n + 1) / (place + 1) for n, place in enumerate(places)) / reachable)
            reciprocal.append(1 / (places[0] + 1) if places else 0.0)
            hit.append(bool(places))
        means = {"recall": recall, "ndcg": ndcg, "map": average, "mrr": reciprocal, "hit_rate": hit}
        result |= {f"{name}@{k}": float(np.mean(values)) for name, values in means.items()}
        result[f"coverage@{k}"] = len(shown) / len(index)
        result["judged_users"] = len(recall)
    return result


def main():
    mall = "mall_customers/Mall_Customers.csv"
    ifood = "ifood_marketing_campaign/marketing_campaign.csv"
    spending = ["MntWines", "MntFruits", "MntMeatProducts", "MntFishProducts", "MntSweetProducts", "MntGoldProds"]
    golden = {
        "rfm": rfm(),
        "cluster_mall": clusters(mall, ["Annual Income (k$)", "Spending Score (1-100)"], 5),
        "cluster_ifood": clusters(ifood, ["Income", "Recency", *spending], 3, sep=";", encoding="utf-8-sig"),
        "describe_mall": description(mall),
        "describe_ifood": description(ifood, sep=";", encoding="utf-8-sig"),
        "describe_shoppers": description("online_shoppers/online_shoppers_intention.csv"),
        "experiment": experiment(),
        "popularity": popularity(),
    }
    json.dump(golden, sys.stdout, indent=1)
    print()


main()
