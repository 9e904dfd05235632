"""The peers' side of benches/kernels.sh: makes the data, times scikit-learn and implicit, judges lists, writes the table.

    kernels.py data FOLDER [--movielens U.DATA]
    kernels.py kmeans FOLDER ITERATIONS THREADS
    kernels.py als FOLDER FACTORS ITERATIONS SEED THREADS
    kernels.py report RUNS.jsonl RESULT.md key=value…

Both sides read the same files. CPU time is that of the whole process during the fit, without reading files.
"""

import json
import os
import pathlib
import resource
import statistics
import sys
import time
import warnings

import numpy as np

warnings.filterwarnings("ignore")  # scikit-learn warns that the fixed number of iterations ends before convergence


def cpu_seconds():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def timed(work):
    cpu, wall = cpu_seconds(), time.perf_counter()
    result = work()
    return result, cpu_seconds() - cpu, time.perf_counter() - wall


# --- data ---------------------------------------------------------------------------------------------------------------


def save(folder, shape, **arrays):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "shape.txt").write_text(" ".join(map(str, shape)))
    for name, values in arrays.items():
        values.tofile(folder / (name + (".f32" if values.dtype == np.float32 else ".u32")))


def kmeans_data(folder, rows=1_000_000, columns=8, clusters=8):
    """Eight overlapping clouds; the start is k-means++ on a thousand rows, the same for both sides."""
    from sklearn.cluster import kmeans_plusplus

    rng = np.random.default_rng(0)
    centres = rng.normal(0, 3, (clusters, columns))
    data = (centres[rng.integers(0, clusters, rows)] + rng.normal(0, 1.6, (rows, columns))).astype(np.float32)
    start = kmeans_plusplus(data[:1000], clusters, random_state=0)[0].astype(np.float32)
    save(folder, (rows, columns, clusters), data=data, start=start)


def interactions(people=100_000, items=20_000, different=5_000_000, draws=9_000_000):
    """Five million interactions with taste and skew.

    Each person likes four of 200 themes, each item belongs to one, and a few items are bestsellers.
    """
    rng = np.random.default_rng(1)
    themes = 200
    activity = rng.lognormal(0, 1, people)
    person = rng.choice(people, draws, p=activity / activity.sum())
    liked = rng.integers(0, themes, (people, 4))
    theme = liked[person, rng.choice(4, draws, p=[0.5, 0.25, 0.15, 0.1])]
    # Items of a theme are every two-hundredth one; low numbers are popular, within a theme as well as overall.
    within = (rng.pareto(0.9, draws) * 3).astype(np.int64) % (items // themes)
    overall = (rng.pareto(0.7, draws) * 20).astype(np.int64) % items
    item = np.where(rng.random(draws) < 0.65, within * themes + theme, overall)
    cells, counts = np.unique(person * items + item, return_counts=True)
    kept = np.sort(rng.choice(len(cells), different, replace=False))
    cells, counts = cells[kept], counts[kept]
    return cells // items, cells % items, counts.astype(np.float32), people, items


def movielens(path):
    table = np.loadtxt(path, dtype=np.int64)
    people, items = np.unique(table[:, 0], return_inverse=True)[1], np.unique(table[:, 1], return_inverse=True)[1]
    return people, items, table[:, 2].astype(np.float32), int(people.max()) + 1, int(items.max()) + 1


def als_data(folder, cells, alpha, judged_people):
    """A fifth of the interactions of the judged people is hidden, at random; confidence is 1 + alpha * value."""
    person, item, value, people, items = cells
    rng = np.random.default_rng(2)
    judged = np.sort(rng.choice(people, min(judged_people, people), replace=False))
    hidden = np.isin(person, judged) & (rng.random(len(person)) < 0.2)
    left = np.bincount(person[~hidden], minlength=people)
    hidden &= left[person] > 0  # somebody of whom nothing is left is not judged
    with_hidden = np.unique(person[hidden])
    save(
        folder,
        (people, items, int((~hidden).sum())),
        people=person[~hidden].astype(np.uint32),
        items=item[~hidden].astype(np.uint32),
        confidence=(1 + alpha * value[~hidden]).astype(np.float32),
        judged=with_hidden.astype(np.uint32),
        hidden_people=person[hidden].astype(np.uint32),
        hidden_items=item[hidden].astype(np.uint32),
    )


def data(folder, movielens_path):
    if not (folder / "kmeans/start.f32").exists():
        kmeans_data(folder / "kmeans")
    if not (folder / "als-5m/hidden_items.u32").exists():
        als_data(folder / "als-5m", interactions(), 2.0, 16_000)
    if movielens_path and not (folder / "als-100k/hidden_items.u32").exists():
        als_data(folder / "als-100k", movielens(movielens_path), 4.0, 943)


# --- peers --------------------------------------------------------------------------------------------------------------


def shape(folder):
    return [int(count) for count in (folder / "shape.txt").read_text().split()]


def kmeans(folder, iterations, threads):
    from sklearn.cluster import KMeans
    from threadpoolctl import threadpool_limits

    rows, columns, clusters = shape(folder)
    values = np.fromfile(folder / "data.f32", np.float32).reshape(rows, columns)
    start = np.fromfile(folder / "start.f32", np.float32).reshape(clusters, columns)
    model = KMeans(clusters, init=start, n_init=1, max_iter=iterations, tol=0, algorithm="lloyd")
    with threadpool_limits(threads):
        _, cpu, wall = timed(lambda: model.fit(values))
    return {"job": "kmeans", "cpu": cpu, "wall": wall, "iterations": model.n_iter_, "inertia": float(model.inertia_)}


def als(folder, factors, iterations, seed, threads):
    from implicit.als import AlternatingLeastSquares
    from scipy import sparse
    from threadpoolctl import threadpool_limits

    people, items, _ = shape(folder)
    rows, columns = (np.fromfile(folder / (name + ".u32"), np.uint32) for name in ("people", "items"))
    values = np.fromfile(folder / "confidence.f32", np.float32)
    matrix = sparse.csr_matrix((values, (rows.astype(np.int32), columns.astype(np.int32))), shape=(people, items))
    model = AlternatingLeastSquares(
        factors, regularization=0.05, alpha=1.0, iterations=iterations, num_threads=threads, random_state=seed
    )
    judged = np.fromfile(folder / "judged.u32", np.uint32).astype(np.int32)
    with threadpool_limits(1, "blas"):  # as implicit asks for
        _, cpu, wall = timed(lambda: model.fit(matrix, show_progress=False))
        lists, serving, _ = timed(lambda: model.recommend(judged, matrix[judged], N=20)[0])
    lists.astype(np.uint32).tofile(folder / "lists-implicit.u32")
    return {"job": "als", "cpu": cpu, "wall": wall, "iterations": iterations, "serving_cpu": serving}


def judge(folder, name):
    """Recall and nDCG of the twenty items for each judged person, the same code for both sides."""
    items = shape(folder)[1]
    judged = np.fromfile(folder / "judged.u32", np.uint32).astype(np.int64)
    lists = np.fromfile(folder / f"lists-{name}.u32", np.uint32).astype(np.int64).reshape(len(judged), 20)
    person = np.fromfile(folder / "hidden_people.u32", np.uint32).astype(np.int64)
    hidden = person * items + np.fromfile(folder / "hidden_items.u32", np.uint32)
    hits = np.isin(judged[:, None] * items + lists, hidden) & (lists < items)
    relevant = np.bincount(person, minlength=shape(folder)[0])[judged]
    gains = 1 / np.log2(np.arange(2, 22))
    ideal = np.cumsum(gains)[np.minimum(relevant, 20) - 1]
    return {"recall@20": (hits.sum(1) / relevant).mean(), "ndcg@20": ((hits * gains).sum(1) / ideal).mean()}


# --- report -------------------------------------------------------------------------------------------------------------


def median(runs, key):
    return statistics.median(run[key] for run in runs)


def better_threads(runs):
    """The peer's runs with the number of threads that takes less CPU."""
    by_threads = {}
    for run in runs:
        by_threads.setdefault(run["threads"], []).append(run)
    return min(by_threads.values(), key=lambda group: median(group, "cpu"))


def with_error(runs, key):
    """Mean over the starts and its standard error."""
    values = [run[key] for run in runs]
    error = statistics.stdev(values) / len(values) ** 0.5 if len(values) > 1 else float("nan")
    return f"{statistics.mean(values):.4f} ± {error:.4f}"


def table(title, ours, peer, peer_name, quality):
    lines = [f"## {title}", "", f"| | Bellwether | {peer_name} | ratio |", "| --- | ---: | ---: | ---: |"]
    threads = peer[0]["threads"]

    def row(name, left, right, digits=4):
        lines.append(f"| {name} | {left:.{digits}f} | {right:.{digits}f} | {left / right:.2f} |")

    per = lambda runs: statistics.median(run["cpu"] / run["iterations"] for run in runs)
    row("CPU seconds of the fit", median(ours, "cpu"), median(peer, "cpu"))
    row("CPU seconds per iteration", per(ours), per(peer))
    row("wall seconds of the fit", median(ours, "wall"), median(peer, "wall"))
    if "serving_cpu" in ours[0]:
        row("CPU seconds of the lists", median(ours, "serving_cpu"), median(peer, "serving_cpu"))
    for key in quality:
        if key == "inertia":
            row(key, ours[0][key], peer[0][key], 1)
            lines[-1] = lines[-1].rsplit("|", 2)[0] + f"| {ours[0][key] / peer[0][key] - 1:+.1e} |"
        else:
            ratio = statistics.mean(run[key] for run in ours) / statistics.mean(run[key] for run in peer)
            lines.append(f"| {key}, mean ± standard error | {with_error(ours, key)} | {with_error(peer, key)} | {ratio:.3f} |")
    if ours[0]["job"] == "kmeans":
        lines.append(f"| iterations | {ours[0]['iterations']} | {peer[0]['iterations']} | |")
    return lines + ["", f"{len(ours)} runs each, in alternation; the peer on {threads} thread(s), the better of one and two.", ""]


def report(runs_path, result_path, facts):
    runs = [json.loads(line) for line in pathlib.Path(runs_path).read_text().splitlines()]

    def of(task, side):
        return [run for run in runs if run["task"] == task and run["side"] == side]

    lines = ["# Kernels against their peers", "", "Written by `benches/kernels.sh`; medians.", ""]
    lines += [f"- {key}: {value}" for key, value in facts]
    lines.append("")
    titles = {
        "kmeans": ("k-means, 1,000,000 × 8, k = 8, same start, 30 iterations, f32", "scikit-learn 1.9.1", ["inertia"]),
        "als-100k": ("ALS, 64 factors, 3 CG steps, MovieLens 100K", "implicit 0.7.3", ["recall@20", "ndcg@20"]),
        "als-5m": ("ALS, 64 factors, 3 CG steps, 100,000 × 20,000, 5 million interactions", "implicit 0.7.3", ["recall@20", "ndcg@20"]),
    }
    for task, (title, peer, quality) in titles.items():
        if of(task, "ours"):
            lines += table(title, of(task, "ours"), better_threads(of(task, "peer")), peer, quality)
    pathlib.Path(result_path).write_text("\n".join(lines).rstrip() + "\n")
    print("\n".join(lines))


def main(command, *rest):
    if command == "data":
        data(pathlib.Path(rest[0]), rest[1] if len(rest) > 1 and rest[1] else None)
    elif command == "kmeans":
        print(json.dumps(kmeans(pathlib.Path(rest[0]), int(rest[1]), int(rest[2]))))
    elif command == "als":
        print(json.dumps(als(pathlib.Path(rest[0]), *map(int, rest[1:5]))))
    elif command == "judge":
        print(json.dumps(judge(pathlib.Path(rest[0]), rest[1])))
    elif command == "report":
        report(rest[0], rest[1], [fact.split("=", 1) for fact in rest[2:]])
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    main(*sys.argv[1:] or [""])
