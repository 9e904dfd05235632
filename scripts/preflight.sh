#!/usr/bin/env bash
# Says what is missing before minutes are spent on building. `preflight.sh demo` checks, `preflight.sh test` also installs.
set -euo pipefail
cd "$(dirname "$0")/.."

missing=()
need() { command -v "$1" >/dev/null 2>&1 || missing+=("$2"); }

need cargo "cargo (Rust 1.95 or newer)"
need cc "a C compiler (package gcc or clang)"
need npm "Node.js 20.19 or newer with npm"
need python3 "python3"
if command -v node >/dev/null 2>&1; then
    node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)' ||
        missing+=("Node.js 20.19 or newer (found $(node --version))")
fi
if command -v cargo >/dev/null 2>&1; then
    found=$(rustc --version | cut -d' ' -f2)
    [ "$(printf '1.95.0\n%s\n' "$found" | sort -V | head -n 1)" = 1.95.0 ] || missing+=("Rust 1.95 or newer (found $found)")
fi
if [ "${#missing[@]}" -gt 0 ]; then
    echo "Missing on this machine:" >&2
    printf '  - %s\n' "${missing[@]}" >&2
    exit 1
fi

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; elif command -v sudo >/dev/null 2>&1; then sudo "$@"; else return 1; fi
}

# install PROGRAM-TEST PACKAGE...
install_unless() {
    local present=$1
    shift
    if eval "$present"; then return; fi
    echo "Installing $* ..."
    if ! command -v apt-get >/dev/null 2>&1 ||
        ! { as_root apt-get update -qq && as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "$@"; } >/tmp/bellwether-apt.log 2>&1; then
        echo "Could not install: $*. Please install them by hand and run again (log: /tmp/bellwether-apt.log)." >&2
        exit 1
    fi
}

case "${1:-demo}" in
demo)
    if [ ! -e "${CARGO_TARGET_DIR:-target}/release/bellwether" ]; then
        echo "First build on this machine: about 15 minutes on 2 cores, less on more, most of it compiling the query engine."
        echo "Later builds take a minute, the demo itself a few seconds."
    fi
    ;;
test)
    install_unless 'command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null' chromium fonts-noto-cjk
    install_unless 'ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || command -v initdb >/dev/null' postgresql
    install_unless 'command -v mariadbd >/dev/null || test -x /usr/sbin/mariadbd' mariadb-server
    # The SDKs for Python are tested in environments of their own, and so is the object store.
    install_unless 'python3 -c "import venv, ensurepip" 2>/dev/null' python3-venv
    install_unless 'command -v curl >/dev/null' curl
    # A file system whose plug can be pulled.
    install_unless 'command -v mkfs.ext4 >/dev/null || test -x /usr/sbin/mkfs.ext4' e2fsprogs
    # The fuzzer is C++.
    install_unless 'command -v c++ >/dev/null' g++
    ;;
esac
