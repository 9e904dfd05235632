#!/usr/bin/env bash
# The guarantees of the front door in their long form: the tests that `make test` runs briefly, with many more kills and
# pulled plugs, at other moments in every round.
#
#   benches/soak.sh [ROUNDS]      (or `make soak`; without a number it goes on until something is wrong or you stop it)
#
# BELLWETHER_KILLS and BELLWETHER_PULLS say how often in each round (200 and 100). Plugs are pulled only as root, on a system
# with loop devices.
set -euo pipefail
cd "$(dirname "$0")/.."

rounds=${1:-0}
export BELLWETHER_KILLS=${BELLWETHER_KILLS:-200} BELLWETHER_PULLS=${BELLWETHER_PULLS:-100}
work=$(mktemp -d -t bellwether-soak.XXXXXX)
trap 'scripts/postgres-for-tests.sh stop "$work/postgres" >/dev/null 2>&1 || true; rm -rf "$work"' EXIT
server=$(scripts/postgres-for-tests.sh start "$work/postgres")
eval "$server"

cargo test --quiet --locked -p bellwether --test it --no-run
round=0
while [ "$rounds" -eq 0 ] || [ "$round" -lt "$rounds" ]; do
    export BELLWETHER_ROUND=$round
    echo "round $round: $BELLWETHER_KILLS kills on each database, $BELLWETHER_PULLS pulled plugs"
    for test in door::crash::killed_fifty door::plug::the_plug door::disk door::postgres; do
        cargo test --quiet --locked -p bellwether --test it -- --nocapture --test-threads 1 "$test" 2>&1 | tee "$work/log" |
            grep -E '[0-9] events, |skipped|panicked' || true
        if ! grep -q '^test result: ok' "$work/log"; then
            cat "$work/log"
            echo "round $round: $test failed" >&2
            exit 1
        fi
    done
    round=$((round + 1))
done
echo "$round rounds, nothing lost and nothing doubled"
