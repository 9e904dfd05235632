#!/usr/bin/env bash
# The Python SDKs, each in an environment of its own below .venv, exactly as pinned. Does nothing where that is done.
set -euo pipefail
cd "$(dirname "$0")/.."

for sdk in segment-analytics-python analytics-python; do
    stamp=.venv/$sdk/pinned
    cmp -s "python/$sdk.txt" "$stamp" && continue
    rm -rf ".venv/$sdk"
    python3 -m venv ".venv/$sdk"
    ".venv/$sdk/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: -r "python/$sdk.txt"
    cp "python/$sdk.txt" "$stamp"
done
