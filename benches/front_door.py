"""The front door: events over HTTP, durably kept, beside what takes the same requests into PostgreSQL with COPY.

    python3 benches/front_door.py [--bellwether target/release/bellwether] [--runs 3] [--seconds 8] [--connections 32]
                                  [--track-connections 256] [--visible-seconds 20] [--idle-seconds 60]
                                  [--memory-events 10000000] [--only-memory] [--out benches/results/front_door.md]

Everybody starts on an empty folder or database in every run and gets the same requests from the same client, in
alternation. Bellwether processes what it takes meanwhile: profiles, quarantine, files; the peer only keeps rows. Both
answer when a request is on the disk. PostgreSQL waits for its disk (scripts/postgres-for-tests.sh, profile `durable`).
"""

import argparse
import contextlib
import http.client
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from server import free_port, get, processor_seconds, resident_megabytes
from whole_way import ROOT, machine

PACKAGE = ROOT / "benches/front_door"
POSTGRES = ROOT / "scripts/postgres-for-tests.sh"
EVENTS_PER_REQUEST = 100
VISIBLE_RATE = 20_000
# So many different events of one stream hold about a tenth of its people.
EVENTS_OF_A_STREAM = 1_000_000
STREAM_SECONDS = 2
PROBES = 20


class Target:
    """Somebody who takes events: an address, a key, and the process that listens."""

    def __init__(self, port, key, process):
        self.port, self.key, self.process = port, key, process
        self.url = f"http://127.0.0.1:{port}"


def build():
    subprocess.run(["cargo", "build", "--release", "--locked", "--quiet"], cwd=PACKAGE, check=True)
    metadata = subprocess.run(
        ["cargo", "metadata", "--format-version", "1", "--no-deps"], cwd=PACKAGE, check=True, capture_output=True
    )
    return Path(json.loads(metadata.stdout)["target_directory"]) / "release"


def load_command(tools, target, *, mode, seconds, connections, rate=None, seed=1, warm_up=2.0, prepared=100_000):
    command = [tools / "load", "--url", target.url, "--key", target.key, "--mode", mode, "--format", "json"]
    command += ["--seconds", seconds, "--connections", connections, "--seed", seed, "--warm-up", warm_up]
    command += ["--events-per-request", EVENTS_PER_REQUEST, "--prepared-events", prepared]
    command += ["--rate", rate] if rate else []
    return [str(part) for part in command]


def load(tools, target, **options):
    """What the client says; ends everything when a request was not taken, for then there is nothing to compare."""
    result = json.loads(subprocess.run(load_command(tools, target, **options), check=True, capture_output=True).stdout)
    if set(result["statuses"]) != {"200"} or result["broken_connections"]:
        sys.exit(f"not every request was taken: {result}")
    return result


@contextlib.contextmanager
def postgres():
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "POSTGRES_PROFILE": "durable"}
        started = subprocess.run([POSTGRES, "start", folder + "/server"], check=True, capture_output=True, env=environment)
        try:
            yield started.stdout.decode().strip().split("=", 1)[1]
        finally:
            subprocess.run([POSTGRES, "stop", folder + "/server"], check=True, capture_output=True)


def wait_until_ready(process, port, path):
    for _ in range(10_000):
        if process.poll() is not None:
            sys.exit(f"the process on port {port} ended by itself")
        with contextlib.suppress(OSError):
            if path is None or get(port, path)[0] == 200:
                return
        time.sleep(0.003)
    sys.exit("the server did not become ready within 30 s")


def write_key(bellwether, settings):
    added = subprocess.run([bellwether, "source", "add", "Shop", "--kind", "server", *settings], check=True, capture_output=True)
    return next(line.split()[-1] for line in added.stdout.decode().splitlines() if line.startswith("write key"))


def serve(bellwether, settings, key):
    port = free_port()
    command = [bellwether, "serve", *settings, "--set", f"server.listen=127.0.0.1:{port}"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    wait_until_ready(process, port, "/api/v1/health/live")
    return Target(port, key, process)


@contextlib.contextmanager
def bellwether_on(bellwether, database=None):
    """A server on a fresh folder, and its settings."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        settings = ["--data", folder] + (["--set", f"data.database_url={database}"] if database else [])
        target = serve(bellwether, settings, write_key(bellwether, settings))
        try:
            yield target, settings
        finally:
            target.process.kill()
            target.process.wait()


@contextlib.contextmanager
def sqlite_side(bellwether, _tools):
    with bellwether_on(bellwether) as (target, _):
        yield target


@contextlib.contextmanager
def postgres_side(bellwether, _tools):
    with postgres() as database, bellwether_on(bellwether, database) as (target, _):
        yield target


def peer_side(write, writers):
    @contextlib.contextmanager
    def side(_bellwether, tools):
        with postgres() as database:
            port = free_port()
            command = [tools / "peer", "--listen", f"127.0.0.1:{port}", "--postgres", database]
            process = subprocess.Popen([*command, "--write", write, "--writers", str(writers)])
            # It knows no other calls: any answer will do.
            for _ in range(1000):
                with contextlib.suppress(OSError):
                    get(port, "/")
                    break
                time.sleep(0.01)
            try:
                yield Target(port, "key", process)
            finally:
                process.kill()
                process.wait()

    return side


SIDES = {
    "Bellwether, SQLite": sqlite_side,
    "Bellwether, its Store in PostgreSQL": postgres_side,
    "peer, `COPY` of whatever waits, 8 connections": peer_side("group", 8),
    "peer, `COPY` of each request, 8 connections": peer_side("each", 8),
}
PEERS = [name for name in SIDES if name.startswith("peer")]


def measure_side(side, bellwether, tools, options, run):
    """One run of one side: as much as it takes in batches and one by one, then latencies at half of that."""
    result = {}
    for mode in ["batch", "track"]:
        connections = options.connections if mode == "batch" else options.track_connections
        shape = {"mode": mode, "seconds": options.seconds, "connections": connections}
        with SIDES[side](bellwether, tools) as target:
            used, began = processor_seconds(target.process.pid), time.perf_counter()
            most = load(tools, target, seed=2 * run + 1, **shape)
            used = (processor_seconds(target.process.pid) - used) / (time.perf_counter() - began)
            result[mode] = most["events_per_second"]
            result[mode + " processors"] = used
            result[mode + " memory"] = resident_megabytes(target.process.pid)
        # On a fresh server again: what waits from the storm before would be part of the answer.
        with SIDES[side](bellwether, tools) as target:
            half = load(tools, target, seed=2 * run + 2, rate=most["events_per_second"] / 2, **shape)
            result[mode + " p50"], result[mode + " p99"] = half["latency_ms"]["p50"], half["latency_ms"]["p99"]
    return result


def request(port, method, path, body=None, key=None):
    headers = {"x-write-key": key} if key else {}
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request(method, path, json.dumps(body) if body is not None else None, headers)
    response = connection.getresponse()
    text = response.read()
    connection.close()
    if response.status != 200:
        sys.exit(f"{method} {path}: {response.status} {text[:300]}")
    return json.loads(text)


def until(seconds, step, pause=0.002):
    """Repeats `step` until it gives something."""
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        if (result := step()) is not None:
            return result
        time.sleep(pause)
    sys.exit(f"waited {seconds} s for nothing")


def make_probes(target):
    """People whom nobody else is: user id and profile of each."""
    users = [f"probe-{number:04}" for number in range(PROBES)]
    for user in users:
        request(target.port, "POST", "/v1/track", {"userId": user, "event": "Arrived"}, target.key)

    def find(user):
        found = request(target.port, "GET", f"/api/v1/customers?q={user}&page=0&page_size=1")
        return next((item["id"] for item in found["rows"]), None)

    return [(user, until(30, lambda user=user: find(user))) for user in users]


def visible_milliseconds(target, probe, number):
    """From sending an event to the first answer of the timeline that has it."""
    user, profile = probe
    name = f"Probed {number}"
    began = time.perf_counter()
    request(target.port, "POST", "/v1/track", {"userId": user, "event": name}, target.key)

    def look():
        events = request(target.port, "GET", f"/api/v1/customers/{profile}/timeline?limit=1")["events"]
        return True if events and events[0]["name"] == name else None

    until(60, look)
    return (time.perf_counter() - began) * 1000


def event_to_visible(bellwether, tools, options):
    """Times while `VISIBLE_RATE` events/s come in; the client's own result beside."""
    with bellwether_on(bellwether) as (target, _):
        probes = make_probes(target)
        shape = {"mode": "batch", "seconds": options.visible_seconds, "connections": options.connections}
        result = {}
        noise = threading.Thread(target=lambda: result.update(load(tools, target, rate=VISIBLE_RATE, seed=99, **shape)))
        noise.start()
        time.sleep(2.5)
        times, end = [], time.perf_counter() + options.visible_seconds - 1
        while time.perf_counter() < end:
            times.append(visible_milliseconds(target, probes[len(times) % PROBES], len(times)))
            time.sleep(0.02)
        noise.join()
    times.sort()
    return times[len(times) // 2], times[max(0, -(-len(times) * 99 // 100) - 1)], len(times), result


def progress(target):
    """The last batch of the inbox, the last that is true, and how many events became true since the start."""
    status, body = get(target.port, "/metrics")
    if status != 200:
        sys.exit(f"/metrics: {status}")
    values = {}
    for line in body.decode().splitlines():
        if not line.startswith("#") and line:
            name, value = line.rsplit(" ", 1)
            name = name.split("{", 1)[0]
            values[name] = values.get(name, 0) + float(value)
    events = values.get("bellwether_events_processed_total", 0)
    return values["bellwether_inbox_appended_batch"], values["bellwether_inbox_applied_batch"], events


def all_is_true(target):
    appended, applied, events = progress(target)
    return events if applied >= appended else None


def drain(bellwether, tools, options):
    """Killed behind a storm and started again: seconds until all that was confirmed is true, and how many events those
    were; then what the idle server needs."""
    with bellwether_on(bellwether) as (target, settings):
        load(tools, target, mode="batch", seconds=options.seconds, connections=options.connections, seed=7)
        target.process.kill()
        target.process.wait()
        began = time.perf_counter()
        again = serve(bellwether, settings, target.key)
        try:
            events = until(600, lambda: all_is_true(again), pause=0.05)
            seconds = time.perf_counter() - began
            # What waits for a file gets it after a minute, and that is no idleness.
            time.sleep(min(70, options.idle_seconds + 10))
            used = processor_seconds(again.process.pid)
            time.sleep(options.idle_seconds)
            idle = (processor_seconds(again.process.pid) - used) / max(options.idle_seconds, 1e-9)
        finally:
            again.process.kill()
            again.process.wait()
    return seconds, events, idle


def peak_megabytes(pid):
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) / 1024


def memory_row(bellwether, tools, options):
    peak, events, people, rate = memory_of_many(bellwether, tools, options)
    return (
        f"| Most memory while {events:,.0f} events of {people:,} people came in and became true "
        f"(what waited at the end, most of it of new people, at so many events/s) | {peak:,.0f} MB ({rate:,.0f}) |"
    )


def memory_of_many(bellwether, tools, options):
    """Peak memory over a long storm of one stream after the other, and until all of it is true: megabytes, events, people, and the
    events that became true in a second once nothing came in any more."""
    with bellwether_on(bellwether) as (target, _):
        taken, seed = 0, 100
        while taken < options.memory_events:
            # Short, so that there are many streams: each has people of its own.
            shape = {"mode": "batch", "seconds": STREAM_SECONDS, "connections": options.connections, "warm_up": 0}
            result = load(tools, target, seed=seed, prepared=EVENTS_OF_A_STREAM, **shape)
            taken, seed = taken + result["events_accepted"], seed + 1
        before, began = progress(target)[2], time.perf_counter()
        events = until(1800, lambda: all_is_true(target), pause=0.2)
        rate = (events - before) / (time.perf_counter() - began)
        people = request(target.port, "GET", "/api/v1/customers?page=0&page_size=1")["total"]
        return peak_megabytes(target.process.pid), events, people, rate


def table(results):
    middle = {side: {key: statistics.median(run[key] for run in runs) for key in runs[0]} for side, runs in results.items()}
    lines = [
        "| | batches of 100, events/s | p50, p99 at half of that | one by one, events/s | p50, p99 at half of that |",
        "| --- | ---: | ---: | ---: | ---: |",
    ]
    for side, values in middle.items():
        cells = []
        for mode in ["batch", "track"]:
            cells += [f"{values[mode]:,.0f}", f"{values[mode + ' p50']:.1f}, {values[mode + ' p99']:.1f} ms"]
        lines.append(f"| {side} | " + " | ".join(cells) + " |")
    ratios = []
    for mode in ["batch", "track"]:
        best = max(PEERS, key=lambda peer: middle[peer][mode])
        pairs = zip(results["Bellwether, SQLite"], results[best])
        ratios += [f"**{statistics.median(ours[mode] / theirs[mode] for ours, theirs in pairs):.2f}**", ""]
    lines.append("| **Bellwether (SQLite) ÷ the better peer**, median of pairs | " + " | ".join(ratios) + " |")
    ours = middle["Bellwether, SQLite"]
    lines += [
        "",
        f"Bellwether's own processors meanwhile (of {os.cpu_count()}, which client and server share): "
        f"{ours['batch processors']:.2f} with batches, {ours['track processors']:.2f} one by one; "
        f"its memory at the end: {ours['batch memory']:.0f} and {ours['track memory']:.0f} MB.",
    ]
    return lines


def main():
    parser = argparse.ArgumentParser()
    target = os.environ.get("CARGO_TARGET_DIR", str(ROOT / "target"))
    parser.add_argument("--bellwether", default=f"{target}/release/bellwether")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=8)
    parser.add_argument("--connections", type=int, default=32)
    parser.add_argument("--track-connections", type=int, default=256)
    parser.add_argument("--memory-events", type=int, default=10_000_000)
    parser.add_argument("--visible-seconds", type=float, default=20)
    parser.add_argument("--idle-seconds", type=float, default=60)
    parser.add_argument("--tools", type=Path, help="where `load` and `peer` are, if they are built already")
    parser.add_argument("--only-memory", action="store_true", help="measure memory alone, and print its row")
    parser.add_argument("--out", type=Path, default=ROOT / "benches/results/front_door.md")
    options = parser.parse_args()
    tools, before = options.tools or build(), os.getloadavg()[0]
    if options.only_memory:
        print(f"{machine()}; load before {before:.2f}", memory_row(options.bellwether, tools, options), sep="\n")
        return
    results = {side: [] for side in SIDES}
    for run in range(options.runs):
        for side in SIDES:
            results[side].append(measure_side(side, options.bellwether, tools, options, run))
            print(side, {key: round(value, 2) for key, value in results[side][-1].items()}, file=sys.stderr, flush=True)
    middle, slowest, probes, noise = event_to_visible(options.bellwether, tools, options)
    seconds, events, idle = drain(options.bellwether, tools, options)
    memory = [memory_row(options.bellwether, tools, options)] if options.memory_events else []
    lines = [
        "# The front door: events over HTTP",
        "",
        f"`python3 benches/front_door.py`; release profile, loopback, {options.connections} connections "
        f"({options.track_connections} one by one), medians of {options.runs} "
        f"alternating runs of {options.seconds:.0f} s after 2 s that do not count, the same events for all.",
        "Answers come when a request is on the disk. Bellwether makes profiles, timelines and files of its events meanwhile;",
        "the peer (hyper, tokio-postgres) keeps rows of JSONB. Client and server share the machine.",
        f"Machine: {machine()}; load before {before:.2f}.",
        "",
        *table(results),
        "",
        "| Bellwether, SQLite | measured |",
        "| --- | ---: |",
        f"| From sending an event to seeing it in the timeline at {VISIBLE_RATE:,} events/s, median (99th percentile) of "
        f"{probes} | {middle:.0f} ms ({slowest:.0f} ms) |",
        f"| Answers meanwhile, p50 (p99), {noise['events_per_second']:,.0f} events/s taken | "
        f"{noise['latency_ms']['p50']:.1f} ms ({noise['latency_ms']['p99']:.1f} ms) |",
        f"| Killed after a storm: from the start until {events:,.0f} waiting events are true | {seconds:.1f} s "
        f"({events / seconds:,.0f} events/s) |",
        f"| Idle processor over {options.idle_seconds:.0f} s afterwards, share of a core | {idle * 100:.2f} % |",
        *memory,
    ]
    options.out.parent.mkdir(exist_ok=True)
    options.out.write_text("\n".join(lines) + "\n")
    print("\n".join(lines))


if __name__ == "__main__":
    main()
