"""Writes golden values as JSON beside the script that computed them."""

import json
import math
import pathlib

import numpy as np


def plain(value):
    """Arrays and numpy numbers as JSON knows them; what is not finite becomes null."""
    if isinstance(value, dict):
        return {key: plain(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(inner) for inner in value]
    if isinstance(value, np.ndarray):
        return plain(value.tolist())
    if isinstance(value, np.generic):
        return plain(value.item())
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def write(name, values):
    path = pathlib.Path(__file__).with_name(name + ".json")
    path.write_text(json.dumps(plain(values), separators=(",", ":")) + "\n")
    print(path.name, path.stat().st_size, "bytes")
