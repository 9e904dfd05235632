#!/usr/bin/env bash
# Times the kernels of `algorithms/` against scikit-learn and implicit on the same data, in alternation, and writes
# benches/results/kernels.md. Linux; about ten minutes on two idle cores.
#
#   benches/kernels.sh [--movielens U.DATA] [--runs N] [--work FOLDER]
#
# --movielens  `u.data` of MovieLens 100K (https://grouplens.org/datasets/movielens/100k/); left out, so is that part
# --runs       runs of each side, 5 by default; each run of ALS has a start of its own
# --work       where data and the Python environment are kept for the next time; a temporary folder by default
set -euo pipefail
cd "$(dirname "$0")/.."

movielens="" runs=5 work="${TMPDIR:-/tmp}/bellwether-kernels"
while [ $# -gt 0 ]; do
    case "$1" in
    --movielens) movielens="$2" ;;
    --runs) runs="$2" ;;
    --work) work="$2" ;;
    *) sed -n '2,10p' "$0"; exit 2 ;;
    esac
    shift 2
done

# Idle OpenMP threads would otherwise spin, which costs the peers CPU time that they did not need.
export OMP_WAIT_POLICY=PASSIVE
mkdir -p "$work" benches/results
if [ ! -x "$work/venv/bin/python" ]; then
    python3 -m venv "$work/venv"
    "$work/venv/bin/pip" install --quiet -r benches/peers/kernels-requirements.txt
fi
peer() { "$work/venv/bin/python" benches/peers/kernels.py "$@"; }

cargo build --quiet --release -p bellwether-algorithms --example kernels
target=$(cargo metadata --format-version 1 --no-deps | sed 's/.*"target_directory":"\([^"]*\)".*/\1/')
ours() { "$target/release/examples/kernels" "$@"; }

peer data "$work" "$movielens"
log="$work/runs.jsonl"
: >"$log"
load_before=$(cut -d' ' -f1-3 /proc/loadavg)

# record TASK SIDE THREADS JSON… joins the objects of a run into one line.
record() {
    local task=$1 side=$2 threads=$3
    shift 3
    printf '{"task":"%s","side":"%s","threads":%s' "$task" "$side" "$threads" >>"$log"
    for object in "$@"; do printf ',%s' "${object:1:${#object}-2}" >>"$log"; done
    printf '}\n' >>"$log"
    tail -n 1 "$log"
}

for run in $(seq "$runs"); do
    record kmeans ours "$(nproc)" "$(ours kmeans "$work/kmeans" 30)"
    for threads in 1 2; do
        record kmeans peer "$threads" "$(peer kmeans "$work/kmeans" 30 "$threads")"
    done
    for task in als-100k als-5m; do
        [ -d "$work/$task" ] || continue
        iterations=$([ "$task" = als-5m ] && echo 10 || echo 15)
        result=$(ours als "$work/$task" 64 "$iterations" "$run")
        record "$task" ours "$(nproc)" "$result" "$(peer judge "$work/$task" bellwether)"
        for threads in 1 2; do
            result=$(peer als "$work/$task" 64 "$iterations" "$run" "$threads")
            record "$task" peer "$threads" "$result" "$(peer judge "$work/$task" implicit)"
        done
    done
done

# The lists of the small set vary with the start, so their quality needs more starts than the times need runs.
if [ -d "$work/als-100k" ]; then
    for start in $(seq 101 130); do
        result=$(ours als "$work/als-100k" 64 15 "$start")
        record als-100k ours "$(nproc)" "$result" "$(peer judge "$work/als-100k" bellwether)"
        result=$(peer als "$work/als-100k" 64 15 "$start" 1)
        record als-100k peer 1 "$result" "$(peer judge "$work/als-100k" implicit)"
    done
fi

peer report "$log" benches/results/kernels.md \
    "processor=$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1), $(nproc) cores" \
    "profile=release ($(rustc --version))" \
    "load average before and after=$load_before; $(cut -d' ' -f1-3 /proc/loadavg)" \
    "commit=$(git rev-parse --short HEAD)$(git diff --quiet HEAD -- algorithms || echo ' with changes')" \
    "date=$(date -u +%F)"
