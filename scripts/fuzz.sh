#!/usr/bin/env bash
# Fuzzes every target for some seconds, two at a time, on the toolchain that builds the program: `fuzz.sh [SECONDS] [TARGET...]`.
# What a run finds that is new stays in fuzz/corpus only with KEEP=1; what breaks something is left in fuzz/artifacts.
# `cargo fuzz run TARGET` works as well, where a nightly toolchain is.
set -euo pipefail
cd "$(dirname "$0")/.."
seconds=${1:-60}
[ $# -eq 0 ] || shift
targets=("$@")
[ "${#targets[@]}" -gt 0 ] || targets=(request mapping orders_file any_file)

# What cargo-fuzz passes but for the sanitizer, which needs a nightly compiler: this code is safe Rust.
coverage="-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 -Cllvm-args=-sanitizer-coverage-inline-8bit-counters
    -Cllvm-args=-sanitizer-coverage-pc-table -Cllvm-args=-sanitizer-coverage-trace-compares --cfg fuzzing"
host=$(rustc -vV | sed -n 's/^host: //p')
built=${CARGO_TARGET_DIR:-target}/fuzz
# The versions that the program has; what only the fuzzer needs is added.
cp Cargo.lock fuzz/Cargo.lock
RUSTFLAGS=$coverage cargo build --release --manifest-path fuzz/Cargo.toml --target "$host" --target-dir "$built"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p fuzz/artifacts
# Bytes that mean something here, beside what was found before.
mkdir "$work/seeds-mapping" "$work/seeds-any_file" "$work/seeds-request" "$work/seeds-orders_file"
cp packs/mappings/*.toml "$work/seeds-mapping"
for example in examples/*/; do cp "$example/mapping.toml" "$work/seeds-mapping/$(basename "$example").toml"; done
cp packs/mappings/*.sample.* "$work/seeds-any_file"

run() {
    local found=fuzz/corpus/$1
    [ -n "${KEEP:-}" ] || { cp -r "$found" "$work/$1" && found=$work/$1; }
    "$built/$host/release/$1" "$found" "$work/seeds-$1" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 \
        -max_len="${MAX_LENGTH:-8192}" -print_final_stats=1 -artifact_prefix="fuzz/artifacts/$1-" >"$work/$1.log" 2>&1 || {
        tail -n 60 "$work/$1.log"
        echo "fuzz: $1 found something; run it again: $built/$host/release/$1 fuzz/artifacts/$1-..." >&2
        return 1
    }
    echo "$1: $(sed -n 's/^stat::number_of_executed_units: *//p' "$work/$1.log") inputs in $seconds s, $(grep -oE 'cov: [0-9]+' "$work/$1.log" | tail -n 1)"
}

failed=0
for ((first = 0; first < ${#targets[@]}; first += 2)); do
    running=()
    for target in "${targets[@]:first:2}"; do
        run "$target" &
        running+=($!)
    done
    for pid in "${running[@]}"; do wait "$pid" || failed=1; done
done
exit "$failed"
