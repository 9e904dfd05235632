#!/usr/bin/env bash
# Every measurement, tables in benches/results. Run it on an idle machine: each table says how loaded it was.
set -euo pipefail
cd "$(dirname "$0")/.."
python3 benches/whole_way.py
python3 benches/server.py
benches/kernels.sh
