"""A search's ``cv_results_`` in a file that anybody can open: JSON, and nothing that runs.

Numbers come back as they were, to the last bit. A parameter that JSON cannot hold, such as an
estimator, comes back as its words.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from ..store.durable_files import write_whole

FORMAT = 1


def write_results(path: Path, results: dict[str, Any]) -> None:
    """Write ``cv_results_``; the file is there as a whole or not at all."""
    told = {"format": FORMAT, "results": {key: _encode(value) for key, value in results.items()}}
    write_whole(path, json.dumps(told).encode() + b"\n")


def read_results(path: Path) -> dict[str, Any]:
    """Read what :func:`write_results` wrote: arrays and lists, as scikit-learn has them.

    Raises
    ------
    FileNotFoundError
        There is none.
    ValueError
        It is damaged.
    """
    told = json.loads(path.read_bytes())
    if not isinstance(told, dict) or told.get("format") != FORMAT:
        raise ValueError(f"{path} is no file of a search's results that can be read here")
    return {key: _decode(value) for key, value in told["results"].items()}


def _encode(value: Any) -> Any:
    if isinstance(value, np.ma.MaskedArray):
        mask = np.ma.getmaskarray(value).tolist()
        return {"masked": _encode(np.asarray(value.data)), "mask": mask}
    if isinstance(value, np.ndarray):
        items = value.ravel().tolist() if value.dtype != object else list(value.ravel())
        return {
            "array": [_encode(item) for item in items],
            "dtype": str(value.dtype),
            "shape": list(value.shape),
        }
    if isinstance(value, np.generic):
        return {"number": _encode(value.item()), "dtype": str(value.dtype)}
    if isinstance(value, tuple):
        return {"tuple": [_encode(item) for item in value]}
    if isinstance(value, list):
        return [_encode(item) for item in value]
    if isinstance(value, dict):
        return {"dict": [[_encode(key), _encode(item)] for key, item in value.items()]}
    if value is None or isinstance(value, bool | int | float | str):
        return value
    return {"words": " ".join(repr(value).split())}


def _decode(value: Any) -> Any:
    if isinstance(value, list):
        return [_decode(item) for item in value]
    if not isinstance(value, dict):
        return value
    if "masked" in value:
        return np.ma.MaskedArray(_decode(value["masked"]), mask=value["mask"])
    if "array" in value:
        return _array(value)
    if "number" in value:
        return np.dtype(value["dtype"]).type(_decode(value["number"]))
    if "tuple" in value:
        return tuple(_decode(item) for item in value["tuple"])
    if "dict" in value:
        return {_decode(key): _decode(item) for key, item in value["dict"]}
    return value.get("words")


def _array(told: dict[str, Any]) -> np.ndarray:
    items = [_decode(item) for item in told["array"]]
    if told["dtype"] != "object":
        return np.array(items, dtype=told["dtype"]).reshape(told["shape"])
    found = np.empty(len(items), dtype=object)
    for place, item in enumerate(items):  # one by one: an item may be a list itself
        found[place] = item
    return found.reshape(told["shape"])
