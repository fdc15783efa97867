"""Whether the uploads that a request names are of the kinds that it uses them as.

A pickle is not opened here; of one from a notebook its head is read, which says what Python it was.
"""

from __future__ import annotations

from typing import Any

from ..core.articles import with_article
from ..core.named_uploads import named_uploads
from ..errors import InvalidRequest, UnsuitableEstimator
from .handed_over import python_of
from .uploads import Uploads

_ROWS = ("csv", "parquet", "arrow", "npz", "npy", "mapped", "pickle")
_VALUES = ("npy", "mapped", "pickle")
_OBJECTS = ("pickle",)
_WHAT = {
    _ROWS: "a data file or an array",
    _VALUES: "an array (npy)",
    _OBJECTS: "a pickle",
}


def check_uploads(spec: dict[str, Any], uploads: Uploads, python: str | None) -> None:
    """Check formats, and that the interpreter can run the code that comes along.

    Parameters
    ----------
    spec
        A request as plain values.
    python
        The version that trains, such as ``"3.12"``; None where it is not known.

    Raises
    ------
    InvalidRequest
    UnsuitableEstimator
        It was pickled by another Python.
    UnknownUpload
    """
    is_called = spec.get("dataset", {}).get("source") == "load"
    for field, upload_id in named_uploads(spec).items():
        if field.endswith(".upload") or is_called:
            expected = _OBJECTS
        else:
            expected = _ROWS if field in _TABLES else _VALUES
        found = uploads.meta(upload_id)["format"]
        if found not in expected:
            raise InvalidRequest(
                field, f"is {with_article(found)} upload; expected {_WHAT[expected]}{_of(field)}"
            )
        made_by = python_of(uploads.path(upload_id)) if found == "pickle" else None
        if made_by is not None and python is not None and made_by != python:
            raise UnsuitableEstimator(
                field,
                f"was pickled by Python {made_by} with code of its own, and the run's interpreter "
                f"is Python {python}, which cannot run it; hand it over from a kernel of Python "
                f"{python}, or name the interpreter that pickled it",
            )


_TABLES = ("dataset.id", "dataset.validation", "dataset.test")


def _of(field: str) -> str:
    whose = {
        "estimator.upload": "an estimator",
        "scoring.upload": "a scorer",
        "function.upload": "a function",
    }
    return f" of {whose[field]}" if field in whose else ""
