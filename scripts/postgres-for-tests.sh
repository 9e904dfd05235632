#!/usr/bin/env bash
# A PostgreSQL server of its own for the tests: temporary folder, free port, loopback only, own password.
#
#   eval "$(scripts/postgres-for-tests.sh start DIR)"   # sets and exports BELLWETHER_TEST_POSTGRES
#   scripts/postgres-for-tests.sh pause DIR              # the server stops, its data stay
#   scripts/postgres-for-tests.sh resume DIR             # it comes back at the same address
#   scripts/postgres-for-tests.sh stop DIR
#
# DIR remembers where the server is. `start` on a running server prints the same address again. PostgreSQL is
# installed through apt when it is missing. Started as root, the server runs as `postgres` or `nobody`, because
# initdb refuses root. Durability is switched off: what these tests kill is not the server. With
# POSTGRES_PROFILE=durable in the environment it is on, and the server has the memory of a real one: for measurements.
set -euo pipefail
umask 077

fail() { printf 'postgres-for-tests: %s\n' "$*" >&2; exit 1; }
say() { printf 'postgres-for-tests: %s\n' "$*" >&2; }

find_bin() {
    local dir
    if command -v initdb >/dev/null 2>&1; then
        # A link from elsewhere may stand alone, without the server's other programs beside it.
        dirname "$(readlink -f "$(command -v initdb)")"
        return
    fi
    # Debian and its kin keep the server's programs out of PATH; the newest version comes last.
    for dir in $(ls -d /usr/lib/postgresql/*/bin /usr/pgsql-*/bin /opt/homebrew/opt/postgresql*/bin /usr/local/pgsql/bin 2>/dev/null | sort -rV); do
        if [ -x "$dir/initdb" ]; then
            printf '%s\n' "$dir"
            return
        fi
    done
    return 1
}

install_postgres() {
    local root=()
    command -v apt-get >/dev/null 2>&1 \
        || fail "PostgreSQL is missing and this system has no apt; install its server (the one with \`initdb\`) and run this again"
    if [ "$(id -u)" != 0 ]; then
        sudo -n true 2>/dev/null \
            || fail "PostgreSQL is missing; run: sudo apt-get install --no-install-recommends postgresql"
        root=(sudo -n)
    fi
    say "installing PostgreSQL through apt"
    # The package would otherwise start a cluster of its own on the usual port.
    "${root[@]}" mkdir -p /etc/postgresql-common/createcluster.d
    printf 'create_main_cluster = false\n' | "${root[@]}" tee /etc/postgresql-common/createcluster.d/no-main-cluster.conf >/dev/null
    "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get update -qq >&2 || true
    "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends postgresql >&2 \
        || fail "apt could not install \`postgresql\`; install it by hand and run this again"
}

# Runs a command as the server's user: the caller, unless that is root.
as_server() {
    if [ "$server_user" = "$(id -un)" ]; then
        "$@"
    elif command -v runuser >/dev/null 2>&1; then
        runuser -u "$server_user" -- "$@"
    else
        su -s /bin/sh "$server_user" -c "$(printf '%q ' "$@")"
    fi
}

choose_user() {
    if [ "$(id -u)" != 0 ]; then
        id -un
    elif id postgres >/dev/null 2>&1; then
        printf 'postgres\n'
    else
        printf 'nobody\n'
    fi
}

free_port() {
    local port attempt
    for attempt in $(seq 50); do
        port=$((20000 + (RANDOM * 32768 + RANDOM) % 30000))
        if ! (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
            printf '%s\n' "$port"
            return
        fi
    done
    fail "found no free port after $attempt attempts"
}

create_cluster() {
    # The plain password, on loopback only: a salted exchange costs an unoptimised test 0.1 s per connection.
    local common=(-D "$cluster/data" --username=bellwether --pwfile="$cluster/password" --auth=password --encoding=UTF8 --no-sync)
    head -c 24 /dev/urandom | od -An -tx1 | tr -d ' \n' >"$cluster/password"
    [ "$(id -u)" != 0 ] || chown -R "$server_user" "$cluster"
    # A language's order of letters, where the server can: it shows when a query relies on the database's own order.
    as_server "$bin/initdb" "${common[@]}" --locale=C --locale-provider=icu --icu-locale=en-US >"$dir/initdb.log" 2>&1 && return
    as_server rm -rf "$cluster/data"
    as_server "$bin/initdb" "${common[@]}" --locale=C >"$dir/initdb.log" 2>&1 \
        || fail "initdb failed: $(tail -n 3 "$dir/initdb.log")"
}

start_server() {
    local port attempt
    local settings="-c listen_addresses=127.0.0.1 -c unix_socket_directories= -c max_connections=200"
    case "${POSTGRES_PROFILE:-tests}" in
        tests) settings+=" -c shared_buffers=32MB -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c autovacuum=off" ;;
        # Checkpoints as far apart as every guide to loading has them; all else as it comes.
        durable) settings+=" -c shared_buffers=512MB -c max_wal_size=4GB" ;;
        *) fail "POSTGRES_PROFILE is \`$POSTGRES_PROFILE\`; it must be \`tests\` or \`durable\`" ;;
    esac
    for attempt in 1 2 3 4 5; do
        port=$(free_port)
        if as_server "$bin/pg_ctl" -D "$cluster/data" -l "$cluster/server.log" -w -t 60 -o "$settings -p $port" start >/dev/null 2>&1; then
            printf 'postgres://bellwether:%s@127.0.0.1:%s/postgres\n' "$(cat "$cluster/password")" "$port" >"$dir/url"
            return
        fi
    done
    fail "the server did not start after $attempt attempts: $(tail -n 5 "$cluster/server.log" 2>/dev/null)"
}

# Knocks at the port: a process that was killed can stay in the list of processes for a while.
is_running() {
    [ -f "$dir/cluster" ] && [ -f "$dir/url" ] || return 1
    cluster=$(cat "$dir/cluster")
    local port
    port=$(sed -E 's|.*:([0-9]+)/.*|\1|' "$dir/url")
    (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null
}

start() {
    bin=$(find_bin) || { install_postgres; bin=$(find_bin) || fail "apt installed PostgreSQL, but there is no \`initdb\`"; }
    if ! is_running; then
        # What a server that died has left.
        [ ! -f "$dir/cluster" ] || stop
        mkdir -p "$dir"
        # Not inside DIR: the server's user may not be allowed to go there.
        local temporary=${TMPDIR:-/tmp}
        as_server test -x "$temporary" || temporary=/tmp
        cluster=$(mktemp -d "$temporary/bellwether-postgres.XXXXXX")
        printf '%s\n' "$cluster" >"$dir/cluster"
        create_cluster
        start_server
        say "PostgreSQL from $bin runs in $cluster"
    fi
    printf 'export BELLWETHER_TEST_POSTGRES=%s\n' "$(cat "$dir/url")"
}

stop() {
    [ -f "$dir/cluster" ] || { say "nothing runs for $dir"; return; }
    bin=$(find_bin) || fail "cannot stop the server: there is no \`pg_ctl\`"
    cluster=$(cat "$dir/cluster")
    case "$cluster" in
        */bellwether-postgres.*) ;;
        *) fail "$dir/cluster names $cluster, which this script did not make; nothing is removed" ;;
    esac
    if is_running; then
        as_server "$bin/pg_ctl" -D "$cluster/data" -w -m immediate stop >/dev/null || fail "the server in $cluster does not stop"
    fi
    rm -rf "$cluster"
    rm -f "$dir/cluster" "$dir/url" "$dir/initdb.log"
    rmdir "$dir" 2>/dev/null || true
}

find_cluster() {
    bin=$(find_bin) || fail "there is no \`pg_ctl\`"
    [ -f "$dir/cluster" ] || fail "nothing was started for $dir"
    cluster=$(cat "$dir/cluster")
}

pause() {
    find_cluster
    as_server "$bin/pg_ctl" -D "$cluster/data" -w -m fast stop >/dev/null
}

resume() {
    find_cluster
    local options
    # What the server was started with, behind the name of its program.
    options=$(as_server sed -E 's/^[^ ]+ //' "$cluster/data/postmaster.opts")
    as_server "$bin/pg_ctl" -D "$cluster/data" -l "$cluster/server.log" -w -t 60 -o "$options" start >/dev/null 2>&1
}

[ $# -eq 2 ] || fail "usage: postgres-for-tests.sh start|pause|resume|stop DIR"
dir=$2
server_user=$(choose_user)
case $1 in
    start) start ;;
    pause) pause ;;
    resume) resume ;;
    stop) stop ;;
    *) fail "usage: postgres-for-tests.sh start|pause|resume|stop DIR" ;;
esac
