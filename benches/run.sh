#!/usr/bin/env bash
# What needs nothing but the program and Python: the whole way and the server, tables in benches/results. Run it on an idle
# machine: each table says how loaded it was. Not run here, because they take long or build more: benches/kernels.sh,
# benches/front_door.py, and the example `lake_size` of bellwether-lake.
set -euo pipefail
cd "$(dirname "$0")/.."
python3 benches/whole_way.py
python3 benches/server.py
benches/kernels.sh
