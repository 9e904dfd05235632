"""The demo's data part against the same work in pandas + scikit-learn + implicit, in alternation.

    python3 benches/whole_way.py [--runs 5] [--bellwether target/release/bellwether]

Makes a virtual environment with the pinned peers, runs both sides on the bundled file with a warm page cache, and writes
medians and ratios to benches/results/whole_way.md. Times are of whole processes, interpreter start included on their
side and program start on ours; the peer gets the better of one and two threads.
"""

import argparse
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HERE = ROOT / "benches"
RETAIL = ROOT / "examples/retail/online_retail.csv.zst"
BANDIT = ROOT / "examples/open_bandit"


def peer_python():
    """A virtual environment with the pinned peers, made once."""
    folder = ROOT / ".venv"
    python = folder / "bin/python"
    requirements = HERE / "peers/requirements.txt"
    stamp = folder / "requirements.txt"
    if not stamp.exists() or stamp.read_text() != requirements.read_text():
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
        subprocess.run([str(python), "-m", "pip", "install", "-q", "-r", str(requirements)], check=True)
        stamp.write_text(requirements.read_text())
    return str(python)


def measure(command, env=None):
    """Wall seconds, CPU seconds and peak memory (megabytes) of a whole process."""
    with tempfile.TemporaryFile() as output:
        start = time.perf_counter()
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, env={**os.environ, **(env or {})})
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
        output.seek(0)
        text = output.read().decode(errors="replace")
    if status != 0:
        sys.exit(f"{' '.join(command)} failed:\n{text}")
    return {"wall": wall, "cpu": usage.ru_utime + usage.ru_stime, "memory": usage.ru_maxrss / 1024, "text": text}


def ours(bellwether, work):
    data = work / "bellwether"
    shutil.rmtree(data, ignore_errors=True)
    return measure([bellwether, "demo", "--no-serve", "--data", str(data), "--examples", str(ROOT / "examples")])


def import_alone(bellwether, work):
    data = work / "import"
    shutil.rmtree(data, ignore_errors=True)
    mapping = str(ROOT / "examples/retail/mapping.toml")
    return measure([bellwether, "import", str(RETAIL), "--mapping", mapping, "--data", str(data)])


def theirs(python, work, threads):
    out = work / "peer"
    shutil.rmtree(out, ignore_errors=True)
    env = {"OMP_WAIT_POLICY": "PASSIVE", "OMP_NUM_THREADS": str(threads), "PEER_THREADS": str(threads)}
    return measure([python, "-W", "ignore", str(HERE / "peers/whole_way.py"), str(RETAIL), str(BANDIT), str(out)], env)


def median(runs, key):
    return statistics.median(run[key] for run in runs)


def machine():
    model = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), "?")
    commit = subprocess.run(["git", "-C", str(ROOT), "rev-parse", "--short", "HEAD"], capture_output=True, text=True)
    return f"{model}, {os.cpu_count()} processors, {platform.system()}, commit {commit.stdout.strip()}"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=5)
    target = os.environ.get("CARGO_TARGET_DIR", str(ROOT / "target"))
    parser.add_argument("--bellwether", default=f"{target}/release/bellwether")
    options = parser.parse_args()
    python = peer_python()
    before = os.getloadavg()[0]
    sides = {"ours": [], "import": [], 1: [], 2: []}
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        for run in range(options.runs + 1):
            row = {
                "ours": ours(options.bellwether, work),
                "import": import_alone(options.bellwether, work),
                1: theirs(python, work, 1),
                2: theirs(python, work, 2),
            }
            # The first run warms the page cache and is not counted.
            if run > 0:
                for side, result in row.items():
                    sides[side].append(result)
    best = min((1, 2), key=lambda threads: median(sides[threads], "wall"))
    peer = sides[best]
    rows = [
        ("Bellwether, the whole way (stages 1–7 and the report)", sides["ours"]),
        (f"pandas + scikit-learn + implicit, the same ({best} thread{'s' if best > 1 else ''})", peer),
    ]
    lines = [
        "# The whole way: the demo's data part beside pandas + scikit-learn + implicit",
        "",
        "`make bench` (this table: `python3 benches/whole_way.py`). Medians of "
        f"{options.runs} alternating runs of whole processes after one that is not counted, on the bundled Online Retail file;",
        "release profile of the workspace, everything durably stored; the peer with OMP_WAIT_POLICY=PASSIVE and the better of one and two threads.",
        f"Machine: {machine()}; load before {before:.2f}, after {os.getloadavg()[0]:.2f}.",
        "",
        "| | wall s | CPU s | peak memory MB |",
        "| --- | ---: | ---: | ---: |",
    ]
    for name, runs in rows:
        lines.append(f"| {name} | {median(runs, 'wall'):.2f} | {median(runs, 'cpu'):.2f} | {median(runs, 'memory'):.0f} |")
    ratios = [[a[key] / b[key] for a, b in zip(peer, sides["ours"])] for key in ("wall", "cpu", "memory")]
    lines.append("| **peer ÷ Bellwether** (median of pairs) | " + " | ".join(f"**{statistics.median(r):.2f}**" for r in ratios) + " |")
    lines_per_second = statistics.median(541_909 / run["wall"] for run in sides["import"])
    lines += [
        "",
        f"Import alone (whole process, start included): {median(sides['import'], 'wall'):.2f} s wall, "
        f"{median(sides['import'], 'cpu'):.2f} s CPU, {median(sides['import'], 'memory'):.0f} MB: **{lines_per_second:,.0f} lines/s**.",
        "",
        "The peer's own stages, seconds of its median run:",
        "",
    ]
    typical = sorted(peer, key=lambda run: run["wall"])[len(peer) // 2]
    seconds = json.loads(typical["text"])["seconds"]
    lines.append(", ".join(f"{stage} {value:.2f}" for stage, value in seconds.items()) + ".")
    results = HERE / "results"
    results.mkdir(exist_ok=True)
    (results / "whole_way.md").write_text("\n".join(lines) + "\n")
    print("\n".join(lines))


if __name__ == "__main__":
    main()
