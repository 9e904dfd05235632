#!/usr/bin/env bash
# All tests. Installs what they need, stops what it starts, ends non-zero on any failure.
set -euo pipefail
cd "$(dirname "$0")/.."

step() {
    local now=$SECONDS
    [ -z "${step_name:-}" ] || echo "--- $step_name took $((now - step_start)) s"
    step_name=$1 step_start=$now
    [ -z "$1" ] || printf '\n=== %s\n' "$1"
}

work=$(mktemp -d)
server=
cleanup() {
    [ -z "$server" ] || kill "$server" 2>/dev/null || true
    scripts/postgres-for-tests.sh stop "$work/postgres" >/dev/null 2>&1 || true
    scripts/mariadb-for-tests.sh stop "$work/mariadb" >/dev/null 2>&1 || true
    scripts/s3-for-tests.sh stop "$work/s3" >/dev/null 2>&1 || true
    rm -rf "$work"
}
trap cleanup EXIT

step "What tests need"
scripts/preflight.sh test

step "Formatting"
cargo fmt --all --check

step "Console: dependencies, lint, types, unit tests, build"
(cd console && npm ci --no-audit --no-fund --loglevel=error && touch node_modules/.bellwether-stamp &&
    node scripts/check-lock.mjs && npm run --silent lint && npm run --silent typecheck && npm test --silent &&
    npm run --silent build && npm run --silent size)

step "Console: the generated client is fresh"
(cd console && npm run --silent gen:api && git diff --exit-code -- src/api)

step "Browser SDK: dependencies, lint, the committed build and its size, unit and browser tests"
(cd sdk/browser && npm ci --no-audit --no-fund --loglevel=error && npm run --silent check:lock && npm run --silent lint && npm test --silent)

step "Clippy"
cargo clippy --locked --workspace --all-targets -- -D warnings

step "Rust tests, SQLite, PostgreSQL, MariaDB and an object store"
eval "$(scripts/postgres-for-tests.sh start "$work/postgres")"
eval "$(scripts/mariadb-for-tests.sh start "$work/mariadb")"
eval "$(scripts/s3-for-tests.sh start "$work/s3")"
cargo test --locked --workspace --no-fail-fast
scripts/postgres-for-tests.sh stop "$work/postgres"
scripts/mariadb-for-tests.sh stop "$work/mariadb"
scripts/s3-for-tests.sh stop "$work/s3"

step "The demo, and the console on it in a browser"
cargo build --locked -p bellwether
bellwether="${CARGO_TARGET_DIR:-target}/debug/bellwether"
"$bellwether" demo --no-serve --data "$work/demo"
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
"$bellwether" serve --data "$work/demo" --set "server.listen=127.0.0.1:$port" &
server=$!
for _ in $(seq 100); do
    python3 -c "import urllib.request as u; u.urlopen('http://127.0.0.1:$port/api/v1/health/ready')" 2>/dev/null && break
    sleep 0.2
done
(cd console && BELLWETHER_URL="http://127.0.0.1:$port" npm run --silent e2e)

step "The SDKs of Segment and our own script, against the server"
(cd sdk/tests && npm ci --no-audit --no-fund --loglevel=error && npm run --silent check:lock && npm run --silent lint &&
    npm run --silent python && BELLWETHER_BINARY=$bellwether npm test --silent)

step "Fuzzing: a minute for each of what reads a stranger's bytes"
scripts/fuzz.sh 60

step ""
echo
echo "All tests passed in $((SECONDS / 60)) min $((SECONDS % 60)) s."
