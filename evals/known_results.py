"""Holds `bellwether lab` against published results and against pandas and scikit-learn on public data.

    python3 evals/known_results.py --data FOLDER [--bellwether target/release/bellwether]

FOLDER holds the public sets hillstrom, online_retail, cdnow_sample, mall_customers and movielens_100k; the end of docs/lab.md says
where they come from and what their files are called. Makes a virtual environment with the pinned peers, writes
evals/results/known_results.md, and ends with 1 when a result is not what it should be. A set that is missing is named and fails.
"""

import argparse
import csv
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def peer_python():
    """The virtual environment of the benches, made once."""
    folder, requirements = ROOT / ".venv", ROOT / "benches/peers/requirements.txt"
    python, stamp = folder / "bin/python", folder / "requirements.txt"
    if not stamp.exists() or stamp.read_text() != requirements.read_text():
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
        subprocess.run([str(python), "-m", "pip", "install", "-q", "-r", str(requirements)], check=True)
        stamp.write_text(requirements.read_text())
    return str(python)


PEER = r"""
import json, sys
import pandas as pd
from sklearn.cluster import KMeans
from sklearn.metrics import calinski_harabasz_score, davies_bouldin_score, silhouette_score
from sklearn.preprocessing import StandardScaler
job, path = sys.argv[1:]
if job == "rfm":
    rows = pd.read_csv(path, sep=r"\s+", header=None, names=["full", "customer", "date", "n", "value"], dtype={"customer": str})
    rows["date"] = pd.to_datetime(rows["date"].astype(str))
    end = rows["date"].max() + pd.Timedelta(days=1)
    by = rows.groupby("customer")
    people = pd.DataFrame({"recency": (end - by["date"].max()).dt.days, "monetary": by["value"].sum()})
    people["r"] = pd.qcut(people["recency"], 5, labels=[5, 4, 3, 2, 1]).astype(int)
    people["m"] = pd.qcut(people["monetary"], 5, labels=[1, 2, 3, 4, 5]).astype(int)
    print(json.dumps({c: [int(r), int(m)] for c, r, m in people[["r", "m"]].itertuples()}))
else:
    values = StandardScaler().fit_transform(pd.read_csv(path)[["Annual Income (k$)", "Spending Score (1-100)"]])
    model = KMeans(5, n_init=50, random_state=0).fit(values)
    scores = [f(values, model.labels_) for f in (silhouette_score, davies_bouldin_score, calinski_harabasz_score)]
    print(json.dumps([model.inertia_, *map(float, scores)]))
"""


class Table:
    """Results beside what is known, one row each."""

    def __init__(self):
        self.rows, self.failed = [], 0

    def add(self, what, ours, known, source, good):
        self.failed += not good
        shown = lambda value: f"{value:,.6g}" if isinstance(value, float) else f"{value:,}" if isinstance(value, int) else str(value)
        self.rows.append(f"| {what} | {shown(ours)} | {shown(known)} | {source} | {'yes' if good else '**no**'} |")

    def near(self, what, ours, known, source, tolerance):
        self.add(what, ours, known, source, abs(ours - known) <= tolerance * max(1.0, abs(known)))


class Lab:
    def __init__(self, program, data, work):
        self.program, self.data, self.work = program, data, work

    def run(self, job, path, *options):
        command = [self.program, "lab", job, "--input", str(self.data / path), "--format", "json", *options]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode != 0:
            sys.exit(f"{' '.join(command)}\n{done.stderr}")
        return json.loads(done.stdout)


def outcomes(report):
    return {o["outcome"]: {v["variant"]: v for v in o["variants"]} for o in report["result"]["outcomes"]}


def experiments(lab, table):
    report = lab.run("experiment", "hillstrom/hillstrom.csv.gz", "--variant", "segment", "--outcome", "visit,conversion,spend", "--control", "No E-Mail")
    found, source = outcomes(report), "Radcliffe 2008, from the raw file"
    for outcome, places, published in [
        ("visit", 4, {"Mens E-Mail": 0.1828, "Womens E-Mail": 0.1514, "No E-Mail": 0.1062}),
        ("conversion", 4, {"Mens E-Mail": 0.0125, "Womens E-Mail": 0.0088, "No E-Mail": 0.0057}),
        ("spend", 4, {"Mens E-Mail": 1.4226, "Womens E-Mail": 1.0772, "No E-Mail": 0.6528}),
    ]:
        for arm, known in published.items():
            table.near(f"Hillstrom, {outcome}, {arm}", round(found[outcome][arm]["mean"], places), known, source, 1e-9)


def segments(lab, table, peer):
    path = "cdnow_sample/CDNOW_sample.txt"
    output = lab.work / "rfm.csv"
    layout = ["--no-header", "--delimiter", "blank", "--customer", "c2", "--time", "c3", "--amount", "c5", "--date-format", "%Y%m%d"]
    lab.run("rfm", path, *layout, "--output", str(output))
    theirs = json.loads(peer("rfm", lab.data / path))
    ours = {row["customer"]: [int(row["r"]), int(row["m"])] for row in csv.DictReader(output.open())}
    same = sum(theirs[customer] == scores for customer, scores in ours.items())
    table.add("CDNOW, customers with the same R and M scores", same, len(theirs), "pandas qcut", same == len(theirs) == len(ours))
    path = "mall_customers/Mall_Customers.csv"
    metrics = lab.run("cluster", path, "--columns", "Annual Income (k$),Spending Score (1-100)", "--k", "5")["metrics"]
    names = ("inertia", "silhouette", "davies_bouldin", "calinski_harabasz")
    for name, known in zip(names, json.loads(peer("cluster", lab.data / path))):
        table.near(f"Mall customers, k-means, k = 5, {name}", metrics[name], known, "scikit-learn, the best of 50 starts", 1e-4)


def recommendations(lab, table):
    columns = ["--no-header", "--user", "c1", "--item", "c2", "--value", "c3"]
    metrics = lab.run("recommend", "movielens_100k/u.data", *columns, "--split", "random:0.25", "--top", "10")["metrics"]
    # Tuned inside the training part; another draw of the 75/25 split than theirs, which moves the third digit.
    source = "SAR in the benchmark of the Recommenders team (theirs best: BiVAE {})"
    for name, sar, best in [("ndcg@10", 0.3825, 0.4751), ("precision@10", 0.3308, 0.4118), ("recall@10", 0.1764, 0.2191)]:
        table.add(f"MovieLens 100K, 75/25, {name}, at least", metrics[name], sar, source.format(best), metrics[name] >= sar)


def descriptions(lab, table):
    report = lab.run("describe", "online_retail/online_retail.csv.gz")
    table.add("Online Retail, rows", report["input"]["rows"], 541_909, "UCI; Chen, Sain & Guo 2012", report["input"]["rows"] == 541_909)
    duplicates = report["metrics"]["duplicate_rows"]
    table.add("Online Retail, exact duplicates", duplicates, 5_268, "pandas duplicated", duplicates == 5_268)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=os.environ.get("BELLWETHER_DATA"), required="BELLWETHER_DATA" not in os.environ)
    target = os.environ.get("CARGO_TARGET_DIR", str(ROOT / "target"))
    parser.add_argument("--bellwether", default=f"{target}/release/bellwether")
    options = parser.parse_args()
    python = peer_python()
    peer = lambda job, path: subprocess.run([python, "-c", PEER, job, str(path)], check=True, capture_output=True, text=True).stdout
    table = Table()
    with tempfile.TemporaryDirectory() as work:
        lab = Lab(options.bellwether, Path(options.data), Path(work))
        descriptions(lab, table)
        experiments(lab, table)
        segments(lab, table, peer)
        recommendations(lab, table)
    commit = subprocess.run(["git", "-C", str(ROOT), "rev-parse", "--short", "HEAD"], capture_output=True, text=True).stdout.strip()
    lines = [
        "# `bellwether lab` against what is known",
        "",
        f"`make eval` (`python3 evals/known_results.py --data FOLDER`), commit {commit}.",
        "",
        "| what | Bellwether | known | from | as it should be |",
        "| --- | ---: | ---: | --- | --- |",
        *table.rows,
    ]
    results = ROOT / "evals/results"
    results.mkdir(exist_ok=True)
    (results / "known_results.md").write_text("\n".join(lines) + "\n")
    print("\n".join(lines))
    sys.exit(1 if table.failed else 0)


if __name__ == "__main__":
    main()
