#!/usr/bin/env bash
# A MariaDB server of its own for the tests: temporary folder, free port, loopback only, own password.
#
#   eval "$(scripts/mariadb-for-tests.sh start DIR)"   # sets and exports BELLWETHER_TEST_MYSQL
#   scripts/mariadb-for-tests.sh stop DIR
#
# DIR remembers where the server is. `start` on a running server prints the same address again. Started as root, the server
# runs as `mysql`. Durability is switched off: what these tests kill is not the server.
set -euo pipefail
umask 077

fail() { printf 'mariadb-for-tests: %s\n' "$*" >&2; exit 1; }

# Debian keeps the server out of the PATH of those who are not root.
PATH=$PATH:/usr/sbin:/usr/local/sbin

free_port() {
    local port
    for _ in $(seq 50); do
        port=$((20000 + (RANDOM * 32768 + RANDOM) % 30000))
        if ! (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
            printf '%s\n' "$port"
            return
        fi
    done
    fail "found no free port"
}

is_running() { [ -f "$dir/pid" ] && kill -0 "$(cat "$dir/pid")" 2>/dev/null; }

start() {
    for program in mariadbd mariadb-install-db mariadb; do
        command -v "$program" >/dev/null || fail "$program is missing; install the package mariadb-server"
    done
    if ! is_running; then
        [ ! -f "$dir/server" ] || stop
        mkdir -p "$dir"
        local user server port password
        user=$(id -un)
        [ "$(id -u)" != 0 ] || user=mysql
        # Not inside DIR: the server's user may not be allowed to go there.
        server=$(mktemp -d "/tmp/bellwether-mariadb.XXXXXX")
        printf '%s\n' "$server" >"$dir/server"
        [ "$(id -u)" != 0 ] || chown "$user" "$server"
        mariadb-install-db --no-defaults --user="$user" --datadir="$server/data" --auth-root-authentication-method=normal \
            --skip-test-db >"$dir/install.log" 2>&1 || fail "mariadb-install-db failed: $(tail -n 3 "$dir/install.log")"
        port=$(free_port)
        mariadbd --no-defaults --user="$user" --datadir="$server/data" --socket="$server/socket" --pid-file="$server/pid" \
            --bind-address=127.0.0.1 --port="$port" --innodb-flush-log-at-trx-commit=0 --innodb-buffer-pool-size=32M \
            --skip-name-resolve >"$dir/server.log" 2>&1 &
        printf '%s\n' "$!" >"$dir/pid"
        for _ in $(seq 150); do
            mariadb --no-defaults --user=root --socket="$server/socket" -e 'SELECT 1' >/dev/null 2>&1 && break
            is_running || fail "the server did not start: $(tail -n 5 "$dir/server.log")"
            sleep 0.2
        done
        password=$(head -c 24 /dev/urandom | od -An -tx1 | tr -d ' \n')
        printf "CREATE DATABASE shop CHARACTER SET utf8mb4;
            CREATE USER bellwether@127.0.0.1 IDENTIFIED BY '%s'; GRANT ALL ON shop.* TO bellwether@127.0.0.1;" "$password" |
            mariadb --no-defaults --user=root --socket="$server/socket" || fail "the server takes no user"
        printf 'mysql://bellwether:%s@127.0.0.1:%s/shop\n' "$password" "$port" >"$dir/url"
    fi
    printf 'export BELLWETHER_TEST_MYSQL=%s\n' "$(cat "$dir/url")"
}

stop() {
    [ -f "$dir/server" ] || return 0
    local server
    server=$(cat "$dir/server")
    case "$server" in
        /tmp/bellwether-mariadb.*) ;;
        *) fail "$dir/server names $server, which this script did not make; nothing is removed" ;;
    esac
    if is_running; then
        kill "$(cat "$dir/pid")"
        for _ in $(seq 100); do is_running || break; sleep 0.1; done
    fi
    rm -rf "$server"
    rm -f "$dir/server" "$dir/pid" "$dir/url" "$dir/install.log" "$dir/server.log"
    rmdir "$dir" 2>/dev/null || true
}

[ $# -eq 2 ] || fail "usage: mariadb-for-tests.sh start|stop DIR"
dir=$2
case $1 in
    start) start ;;
    stop) stop ;;
    *) fail "usage: mariadb-for-tests.sh start|stop DIR" ;;
esac
