"""The server on the demo's data: start, customers page, idle processor, memory.

    python3 benches/server.py [--bellwether target/release/bellwether] [--idle-seconds 60]

Writes benches/results/server.md. Start is from launching the process to the first answer of /health/ready.
"""

import argparse
import http.client
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from whole_way import ROOT, machine

TICKS = os.sysconf("SC_CLK_TCK")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def get(port, path):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    connection.request("GET", path)
    response = connection.getresponse()
    body = response.read()
    connection.close()
    return response.status, body


def start(bellwether, data):
    """The process, its port, and the seconds until it was ready."""
    port = free_port()
    began = time.perf_counter()
    process = subprocess.Popen(
        [bellwether, "serve", "--data", data, "--set", f"server.listen=127.0.0.1:{port}"], stdout=subprocess.DEVNULL
    )
    while time.perf_counter() - began < 30:
        try:
            if get(port, "/api/v1/health/ready")[0] == 200:
                return process, port, time.perf_counter() - began
        except OSError:
            time.sleep(0.002)
    sys.exit("the server did not become ready within 30 s")


def processor_seconds(pid):
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def resident_megabytes(pid):
    line = next(line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


def page_milliseconds(port, path, times=100):
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        status, _ = get(port, path)
        taken.append((time.perf_counter() - began) * 1000)
        assert status == 200, (path, status)
    return statistics.median(taken), sorted(taken)[int(times * 0.99) - 1]


def main():
    parser = argparse.ArgumentParser()
    target = os.environ.get("CARGO_TARGET_DIR", str(ROOT / "target"))
    parser.add_argument("--bellwether", default=f"{target}/release/bellwether")
    parser.add_argument("--idle-seconds", type=float, default=60)
    options = parser.parse_args()
    before = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as data:
        demo = [options.bellwether, "demo", "--no-serve", "--data", data, "--examples", str(ROOT / "examples")]
        subprocess.run(demo, check=True, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        starts = []
        for _ in range(4):
            process, port, seconds = start(options.bellwether, data)
            starts.append(seconds)
            process.terminate()
            process.wait()
        process, port, seconds = start(options.bellwether, data)
        starts.append(seconds)
        memory_at_start = resident_megabytes(process.pid)
        pages = {
            "Customers, first page": "/api/v1/customers?page=0&page_size=50",
            "Customers, searched and sorted": "/api/v1/customers?q=12&sort=net_revenue&descending=true&page=1&page_size=50",
            "Overview": "/api/v1/overview",
        }
        times = {name: page_milliseconds(port, path) for name, path in pages.items()}
        memory_after = resident_megabytes(process.pid)
        used = processor_seconds(process.pid)
        time.sleep(options.idle_seconds)
        idle = (processor_seconds(process.pid) - used) / options.idle_seconds
        process.terminate()
        process.wait()
    lines = [
        "# The server on the demo's data",
        "",
        "`python3 benches/server.py`; release profile, SQLite, loopback, one connection per request.",
        f"Machine: {machine()}; load before {before:.2f}.",
        "",
        "| | measured | bar |",
        "| --- | ---: | ---: |",
        f"| Start until ready, median of 5 | {statistics.median(starts):.3f} s | < 1 s |",
        f"| Resident memory after start | {memory_at_start:.0f} MB | < 150 MB |",
        f"| Resident memory after 300 requests | {memory_after:.0f} MB | |",
        f"| Idle processor over {options.idle_seconds:.0f} s, share of a core | {idle * 100:.2f} % | < 0.5 % |",
    ]
    bars = {"Customers, first page": "< 20 ms", "Customers, searched and sorted": "< 20 ms"}
    for name, (middle, slowest) in times.items():
        lines.append(f"| {name}, median (99th percentile) of 100 | {middle:.1f} ms ({slowest:.1f} ms) | {bars.get(name, '')} |")
    results = ROOT / "benches/results"
    results.mkdir(exist_ok=True)
    (results / "server.md").write_text("\n".join(lines) + "\n")
    print("\n".join(lines))


if __name__ == "__main__":
    main()
