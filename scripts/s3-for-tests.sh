#!/usr/bin/env bash
# An S3-compatible store of its own for the tests: free port, loopback only, signatures checked (scripts/s3/server.py).
#
#   eval "$(scripts/s3-for-tests.sh start DIR)"   # sets and exports BELLWETHER_TEST_S3, _S3_KEY and _S3_SECRET
#   scripts/s3-for-tests.sh stop DIR
#
# DIR remembers where the server is. `start` on a running server prints the same again. Its packages are in .venv/s3.
set -euo pipefail
umask 077

fail() { printf 's3-for-tests: %s\n' "$*" >&2; exit 1; }

here=$(cd "$(dirname "$0")" && pwd)
venv=$here/../.venv/s3

packages() {
    cmp -s "$here/s3/requirements.txt" "$venv/pinned" && return
    rm -rf "$venv"
    python3 -m venv "$venv"
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: \
        -r "$here/s3/requirements.txt" >&2
    cp "$here/s3/requirements.txt" "$venv/pinned"
}

free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }

is_running() { [ -f "$dir/pid" ] && kill -0 "$(cat "$dir/pid")" 2>/dev/null; }

start() {
    if ! is_running; then
        packages
        mkdir -p "$dir"
        rm -f "$dir/ready"
        "$venv/bin/python" "$here/s3/server.py" "$(free_port)" >"$dir/ready" 2>"$dir/server.log" </dev/null &
        printf '%s\n' "$!" >"$dir/pid"
        for _ in $(seq 300); do
            grep -q '^ready ' "$dir/ready" 2>/dev/null && break
            is_running || break
            sleep 0.2
        done
        grep -q '^ready ' "$dir/ready" || fail "the server did not start: $(tail -n 5 "$dir/server.log")"
    fi
    local endpoint key secret
    read -r _ endpoint key secret < <(grep '^ready ' "$dir/ready")
    printf 'export BELLWETHER_TEST_S3=%q BELLWETHER_TEST_S3_KEY=%q BELLWETHER_TEST_S3_SECRET=%q\n' "$endpoint" "$key" "$secret"
}

stop() {
    [ -d "$dir" ] || return 0
    if is_running; then kill "$(cat "$dir/pid")"; fi
    rm -f "$dir/pid" "$dir/ready" "$dir/server.log"
    rmdir "$dir" 2>/dev/null || true
}

[ $# -eq 2 ] || fail "usage: s3-for-tests.sh start|stop DIR"
dir=$2
case $1 in
    start) start ;;
    stop) stop ;;
    *) fail "usage: s3-for-tests.sh start|stop DIR" ;;
esac
