"""Which uploads a request names, and which formats of them hold code."""

from __future__ import annotations

from typing import Any, Final

# Of a data set: rows, and what goes with each of them.
ROW_UPLOADS: Final = (
    "id",
    "y",
    "sample_weight",
    "groups",
    "validation",
    "validation_y",
    "test",
    "test_y",
)
# Formats that are opened by unpickling: in a worker, never in the server.
PICKLED: Final = ("pickle", "mapped")


def named_uploads(spec: dict[str, Any]) -> dict[str, str]:
    """The ids of the uploads that a request names, by the paths of the fields that hold them.

    Parameters
    ----------
    spec
        A request as plain values; whatever does not look like one names nothing.
    """
    found: dict[str, Any] = {}
    dataset = spec.get("dataset")
    if isinstance(dataset, dict) and dataset.get("source") in ("upload", "load"):
        found |= {f"dataset.{key}": dataset.get(key) for key in ROW_UPLOADS}
    for part in ("estimator", "scoring", "function"):
        inner = spec.get(part)
        if isinstance(inner, dict):
            found[f"{part}.upload"] = inner.get("upload")
    return {field: name for field, name in found.items() if isinstance(name, str)}
