#!/usr/bin/env bash
# Builds console/dist when a source of it is newer.
set -euo pipefail
cd "$(dirname "$0")/../console"

stamp=node_modules/.bellwether-stamp
if [ ! -e "$stamp" ] || [ package-lock.json -nt "$stamp" ]; then
    npm ci --no-audit --no-fund --loglevel=error
    touch "$stamp"
fi
if [ ! -e dist/index.html ] || [ -n "$(find src public index.html vite.config.ts package-lock.json -newer dist/index.html -print -quit)" ]; then
    npm run --silent build
fi
