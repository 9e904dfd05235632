"""The demo's data part in pandas + scikit-learn + implicit: the same stages on the same file, the same outputs on disk.

    python whole_way.py ONLINE_RETAIL.csv[.gz|.zst] OPEN_BANDIT_DIR OUT_DIR

Written as a practised pandas user would: vectorised, no Python loop over rows where pandas offers better.
Prints the seconds of each stage and the peak memory as JSON.
"""

import json
import os
import resource
import sqlite3
import sys
import time
from email.message import EmailMessage

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import implicit
import numpy as np
import pandas as pd
from jinja2 import Environment
from scipy import sparse, stats
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score, silhouette_score

SEED = 7
HORIZON = pd.Timedelta(days=28)
THREADS = int(os.environ.get("PEER_THREADS", "2"))
NON_PRODUCTS = {"POST", "D", "M", "DOT", "CRUK", "S", "B", "AMAZONFEE", "BANK CHARGES", "C2", "PADS", "m"}

MAIL = Environment(autoescape=True).from_string(
    """<html><body><table width="600"><tr><td><h1>Hello, customer {{ customer }}</h1>
<p>It has been {{ recency }} days. We picked these for you:</p></td></tr>
{% for item in items %}<tr><td><b>{{ item.name }}</b> {{ item.price }} GBP<br>because you bought {{ item.because }}</td></tr>
{% endfor %}<tr><td><a href="https://shop.example.com/u/{{ token }}">Unsubscribe</a></td></tr></table></body></html>"""
)


def collect(path):
    return pd.read_csv(path, dtype={"InvoiceNo": str, "StockCode": str, "Description": str}, parse_dates=["InvoiceDate"])


def clean(rows, out):
    counts = {"rows": len(rows)}
    duplicate = rows.duplicated()
    rows = rows[~duplicate].copy()
    rows["Description"] = rows["Description"].str.strip().str.replace(r"\s+", " ", regex=True)
    rows["cancelled"] = rows["InvoiceNo"].str.startswith("C")
    rows["non_product"] = rows["StockCode"].isin(NON_PRODUCTS) | rows["StockCode"].str.startswith("gift_")
    rows["value"] = rows["Quantity"] * rows["UnitPrice"]
    for column in ("Quantity", "UnitPrice"):
        size = np.log1p(rows[column].abs())
        median = size.median()
        rows[f"outlier_{column}"] = (size - median).abs() > 6 * 1.4826 * (size - median).abs().median()
    counts |= {
        "exact_duplicate": int(duplicate.sum()),
        "missing_customer": int(rows["CustomerID"].isna().sum()),
        "cancelled": int(rows["cancelled"].sum()),
        "non_product": int(rows["non_product"].sum()),
        "zero_price": int((rows["UnitPrice"] == 0).sum()),
        "negative_price": int((rows["UnitPrice"] < 0).sum()),
    }
    # Each cancelled line goes to the latest earlier sale of the same item to the same customer.
    known = rows[rows["CustomerID"].notna()].sort_values("InvoiceDate", kind="stable")
    sales = known.loc[~known["cancelled"], ["CustomerID", "StockCode", "InvoiceDate", "InvoiceNo"]]
    refunds = known.loc[known["cancelled"], ["CustomerID", "StockCode", "InvoiceDate", "Quantity"]]
    matched = pd.merge_asof(refunds, sales, on="InvoiceDate", by=["CustomerID", "StockCode"])
    matched.to_parquet(f"{out}/cancellations.parquet")
    counts["cancellations_matched"] = int(matched["InvoiceNo"].notna().sum())
    rows.to_parquet(f"{out}/lines.parquet", compression="zstd")
    rows[duplicate.reindex(rows.index, fill_value=False)].to_parquet(f"{out}/rejects.parquet")
    return rows, counts


def profiles(rows, as_of):
    known = rows[rows["CustomerID"].notna() & ~rows["non_product"] & (rows["UnitPrice"] > 0) & (rows["InvoiceDate"] < as_of)]
    sales, returns = known[~known["cancelled"]], known[known["cancelled"]]
    by = sales.groupby("CustomerID")
    people = pd.DataFrame(
        {
            "first": by["InvoiceDate"].min(),
            "last": by["InvoiceDate"].max(),
            "frequency": by["InvoiceNo"].nunique(),
            "revenue": by["value"].sum(),
            "units": by["Quantity"].sum(),
            "products": by["StockCode"].nunique(),
        }
    )
    people["refunded"] = -returns.groupby("CustomerID")["value"].sum().reindex(people.index).fillna(0)
    people["recency"] = (as_of - people["last"]).dt.total_seconds() / 86400
    people["tenure"] = (as_of - people["first"]).dt.total_seconds() / 86400
    people["monetary"] = people["revenue"] - people["refunded"]
    people["basket"] = people["revenue"] / people["frequency"]
    people["units_per_order"] = people["units"] / people["frequency"]
    people["returns"] = (people["refunded"] / people["revenue"]).clip(0, 1)
    orders = sales.drop_duplicates("InvoiceNo")
    hours = pd.crosstab(orders["CustomerID"], orders["InvoiceDate"].dt.hour).reindex(people.index).fillna(0)
    words = sales["Description"].str.rsplit(" ", n=1).str[-1]
    spent = sales.groupby(["CustomerID", words])["value"].sum().sort_values(ascending=False)
    favourites = spent.groupby(level=0).head(3)
    model = people[["recency", "frequency", "monetary", "tenure", "basket", "units_per_order", "products", "returns"]]
    model = np.sign(model) * np.log1p(model.abs())
    spread = model.quantile(0.75) - model.quantile(0.25)
    model = (model - model.median()) / spread.where(spread > 0, model.std(ddof=0))
    return people, model.to_numpy(np.float32), hours, favourites


def scored(people):
    """Recency, frequency and money from 1 to 5."""
    scores = pd.DataFrame(
        {
            "r": pd.qcut(people["recency"].rank(method="first"), 5, labels=[5, 4, 3, 2, 1]).astype(int),
            "f": pd.qcut(people["frequency"].rank(method="first"), 5, labels=[1, 2, 3, 4, 5]).astype(int),
            "m": pd.qcut(people["monetary"].rank(method="first"), 5, labels=[1, 2, 3, 4, 5]).astype(int),
        }
    )
    return people.join(scores)


def audiences(people):
    return {
        "champions": people[(people.r >= 4) & (people.f >= 4) & (people.m >= 4)],
        "at-risk": people[(people.r <= 2) & (people.f >= 3)],
        "new": people[(people.r >= 4) & (people.f <= 2)],
    }


def segment(people, model, out):
    people = scored(people)
    rng = np.random.default_rng(SEED)
    best = None
    for k in range(4, 9):
        fit = KMeans(k, n_init=10, random_state=SEED).fit(model)
        silhouette = silhouette_score(model, fit.labels_)
        agreement = []
        for _ in range(10):
            sample = rng.integers(0, len(model), len(model))
            other = KMeans(k, n_init=2, random_state=SEED).fit(model[sample])
            agreement.append(adjusted_rand_score(fit.labels_, other.predict(model)))
        smallest = np.bincount(fit.labels_, minlength=k).min() / len(model)
        score = silhouette + 0.5 * np.mean(agreement)
        if smallest >= 0.01 and (best is None or score > best[0]):
            best = (score, k, fit)
    people["cluster"] = best[2].labels_ if best else 0
    people.to_parquet(f"{out}/segments.parquet")
    return people


def interactions(rows, until):
    bought = rows[
        rows["CustomerID"].notna() & ~rows["non_product"] & ~rows["cancelled"] & (rows["UnitPrice"] > 0) & (rows["InvoiceDate"] < until)
    ]
    pairs = bought.groupby(["CustomerID", "StockCode"])["InvoiceNo"].nunique().reset_index()
    users, items = pd.Categorical(pairs["CustomerID"]), pd.Categorical(pairs["StockCode"])
    weight = (1 + np.log(pairs["InvoiceNo"])).astype(np.float32)
    matrix = sparse.csr_matrix((weight, (users.codes, items.codes)), shape=(len(users.categories), len(items.categories)))
    return matrix, users.categories, items.categories


def ranking(lists, truth, items):
    recall, ndcg = [], []
    discount = 1 / np.log2(np.arange(2, 12))
    for user, listed in lists.items():
        wanted = truth.get(user)
        if not wanted:
            continue
        hits = np.array([items[i] in wanted for i in listed])
        recall.append(hits.sum() / min(10, len(wanted)))
        ndcg.append((hits * discount[: len(hits)]).sum() / discount[: min(10, len(wanted))].sum())
    covered = len({i for listed in lists.values() for i in listed}) / len(items)
    return float(np.mean(recall)), float(np.mean(ndcg)), covered


def recommend(rows, end, out):
    cutoff = end - HORIZON
    matrix, users, items = interactions(rows, cutoff)
    later = rows[
        rows["CustomerID"].notna() & ~rows["non_product"] & ~rows["cancelled"] & (rows["UnitPrice"] > 0) & (rows["InvoiceDate"] >= cutoff)
    ]
    seen = {(u, i) for u, i in zip(*matrix.nonzero())}
    user_at = {u: n for n, u in enumerate(users)}
    item_at = {i: n for n, i in enumerate(items)}
    truth = {}
    for user, item in later[["CustomerID", "StockCode"]].drop_duplicates().itertuples(index=False):
        if user in user_at and item in item_at and (user_at[user], item_at[item]) not in seen:
            truth.setdefault(user_at[user], set()).add(item)
    judged = np.array(sorted(truth))

    def als(data):
        model = implicit.als.AlternatingLeastSquares(
            factors=64, regularization=0.05, alpha=10.0, iterations=15, random_state=SEED, num_threads=THREADS
        )
        model.fit(data, show_progress=False)
        return model

    results = {}
    model = als(matrix)
    ids, _ = model.recommend(judged, matrix[judged], N=10)
    results["als"] = ranking(dict(zip(judged, ids)), truth, items)
    near = implicit.nearest_neighbours.BM25Recommender(K=50, num_threads=THREADS)
    near.fit(matrix.tocsr(), show_progress=False)
    ids, _ = near.recommend(judged, matrix[judged], N=10)
    results["item_to_item"] = ranking(dict(zip(judged, ids)), truth, items)
    popular = np.argsort(-np.bincount(matrix.indices, minlength=len(items)))
    lists = {u: [i for i in popular[:400] if (u, i) not in seen][:10] for u in judged}
    results["popularity"] = ranking(lists, truth, items)

    matrix, users, items = interactions(rows, end + pd.Timedelta(days=1))
    model = als(matrix)
    everybody = np.arange(len(users))
    ids, scores = model.recommend(everybody, matrix, N=10)
    # The reason: of what this customer bought, the item most similar to the one on the list.
    unit = model.item_factors / np.linalg.norm(model.item_factors, axis=1, keepdims=True)
    reasons = np.empty_like(ids)
    for user in everybody:
        bought = matrix.indices[matrix.indptr[user] : matrix.indptr[user + 1]]
        reasons[user] = bought[np.argmax(unit[ids[user]] @ unit[bought].T, axis=1)]
    frame = pd.DataFrame(
        {
            "customer": np.repeat(users, 10),
            "item": items[ids.ravel()],
            "score": scores.ravel(),
            "because": items[reasons.ravel()],
        }
    )
    frame.to_parquet(f"{out}/recommendations.parquet")
    return frame, results


def engage(people, lists, names, prices, out):
    """One mail per member of three segments, less one in ten held out; a ledger row each."""
    database = sqlite3.connect(f"{out}/ledger.db")
    database.execute("pragma journal_mode = wal")
    database.execute("pragma synchronous = full")
    database.execute("create table ledger (id text primary key, customer text, campaign text, state text)")
    os.makedirs(f"{out}/outbox", exist_ok=True)
    by_customer = {c: g for c, g in lists.groupby("customer")}
    rng = np.random.default_rng(SEED)
    sent = 0
    for campaign, audience in audiences(people).items():
        ledger = []
        for customer, row in zip(audience.index, audience.itertuples()):
            if rng.random() < 0.1:
                ledger.append((f"{campaign}-{customer}", str(customer), campaign, "held_out"))
                continue
            own = by_customer[customer].head(4)
            items = [
                {"name": str(names.get(i, i)), "price": prices.get(i, 0), "because": str(names.get(b, b))}
                for i, b in zip(own["item"], own["because"])
            ]
            message = EmailMessage()
            message["Subject"] = f"Customer {int(customer)}, we picked these for you"
            message["From"] = "shop@example.com"
            message["To"] = f"customer-{int(customer)}@example.com"
            message["List-Unsubscribe"] = f"<https://shop.example.com/u/{campaign}-{int(customer)}>"
            message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
            html = MAIL.render(customer=int(customer), recency=int(row.recency), items=items, token=f"{campaign}-{int(customer)}")
            message.set_content("Hello\n" + "\n".join(i["name"] for i in items))
            message.add_alternative(html, subtype="html")
            with open(f"{out}/outbox/{campaign}-{int(customer)}.eml", "wb") as file:
                file.write(message.as_bytes())
            ledger.append((f"{campaign}-{customer}", str(customer), campaign, "handed_over"))
            sent += 1
        os.sync()
        with database:
            database.executemany("insert into ledger values (?, ?, ?, ?)", ledger)
    database.close()
    return sent


def evaluate(rows, end, bandit):
    cutoff = end - HORIZON
    people = scored(profiles(rows, cutoff)[0])
    later = rows[rows["CustomerID"].notna() & ~rows["cancelled"] & ~rows["non_product"] & (rows["InvoiceDate"] >= cutoff)]
    revenue = later.groupby("CustomerID")["value"].sum().reindex(people.index)
    responded = revenue.notna().to_numpy()
    rng = np.random.default_rng(SEED)
    backtest = {}
    for name, group in audiences(people).items():
        size = len(group)
        chance = [responded[rng.choice(len(people), size, replace=False)].mean() for _ in range(1000)]
        backtest[name] = [revenue[group.index].notna().mean(), float(np.mean(chance)), list(np.quantile(chance, [0.025, 0.975]))]
    arms = [pd.read_csv(f"{bandit}/{arm}/women.csv.gz", index_col=0) for arm in ("random", "bts")]
    clicks, shown = [int(a["click"].sum()) for a in arms], [len(a) for a in arms]
    p = stats.chi2_contingency([clicks, [n - c for n, c in zip(shown, clicks)]], correction=False)[1]
    return {"backtest": backtest, "experiment": {"clicks": clicks, "shown": shown, "p": float(p)}}


def main():
    path, bandit, out = sys.argv[1:4]
    os.makedirs(out, exist_ok=True)
    timings, start = {}, time.perf_counter()

    def lap(name):
        nonlocal start
        now = time.perf_counter()
        timings[name] = round(now - start, 3)
        start = now

    rows = collect(path)
    lap("collect")
    rows, counts = clean(rows, out)
    lap("clean")
    end = rows["InvoiceDate"].max()
    people, model, hours, favourites = profiles(rows, end + pd.Timedelta(days=1))
    people.to_parquet(f"{out}/profiles.parquet")
    hours.rename(columns=str).to_parquet(f"{out}/hours.parquet")
    favourites.to_frame().to_parquet(f"{out}/favourites.parquet")
    lap("profile")
    people = segment(people, model, out)
    lap("segment")
    lists, quality = recommend(rows, end, out)
    lap("recommend")
    latest = rows.sort_values("InvoiceDate").drop_duplicates("StockCode", keep="last").set_index("StockCode")
    sent = engage(people, lists, latest["Description"].to_dict(), latest["UnitPrice"].to_dict(), out)
    lap("engage")
    results = evaluate(rows, end, bandit)
    lap("evaluate")
    os.sync()
    lap("sync")
    print(
        json.dumps(
            {
                "seconds": timings,
                "total_seconds": round(sum(timings.values()), 3),
                "peak_megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
                "cpu_seconds": round(sum(resource.getrusage(resource.RUSAGE_SELF)[:2]), 2),
                "counts": counts,
                "messages": sent,
                "recommend": quality,
                **results,
            },
            indent=1,
        )
    )


if __name__ == "__main__":
    main()
