"""The process that answers ``predict`` for one version of a model.

It is run by the interpreter that trained the model, in its working directory and with its
``sys.path``, so that what the model is made of can be imported. The key comes over the channel: not
in the environment, where the model's own code would find it, nor on the command line.
"""

from __future__ import annotations

import contextlib
import os
import re
import sys
import warnings
from pathlib import Path
from typing import Any

from ..core.names import shorten
from ..errors import InvalidRequest
from .answering import serve
from .columns import columns_of, plain, rows_to_model
from .manifest import read_manifest
from .persistence import load_model


class _Served:
    """The model, once it is opened."""

    def __init__(self) -> None:
        self.estimator: Any = None
        self.columns: list[dict[str, Any]] | None = None

    def open(self, question: dict[str, Any]) -> dict[str, Any]:
        directory, key = Path(question["directory"]), bytes.fromhex(question["key"])
        manifest = read_manifest(directory, key)
        _go_where_it_was_trained(manifest)
        self.estimator = load_model(directory, key=key)
        self.columns = manifest.get("columns") or columns_of(self.estimator)
        return {}

    def answer(self, question: dict[str, Any]) -> dict[str, Any]:
        if "predict" not in question:
            return {}
        with warnings.catch_warnings():
            # Such as names of columns that a model fitted on an array does not need.
            warnings.simplefilter("ignore")
            return self.predict(question["predict"])

    def predict(self, rows: list[Any]) -> dict[str, Any]:
        X = rows_to_model(rows, self.columns)
        try:
            found = {"predictions": plain(self.estimator.predict(X))}
            if callable(getattr(self.estimator, "predict_proba", None)):
                found["probabilities"] = plain(_by_row(self.estimator.predict_proba(X)))
                found["classes"] = plain(self.estimator.classes_)
        except Exception as error:
            # The model's own code on a stranger's rows; whatever it says is said about the rows.
            text = shorten(re.sub(r"\s+", " ", str(error)).strip(), 400)
            problem = f"the model does not take them: {type(error).__name__}: {text}"
            raise InvalidRequest("rows", problem) from error
        return found


def _by_row(probabilities: Any) -> Any:
    """Of several targets a model answers target by target; rows are what was asked about."""
    if not isinstance(probabilities, list):
        return probabilities
    return list(zip(*probabilities, strict=True))


def _go_where_it_was_trained(manifest: dict[str, Any]) -> None:
    cwd = manifest["cwd"]
    with contextlib.suppress(OSError):
        # Gone since: the model may not need it, and if it does, opening it says so.
        os.chdir(cwd)
    trained = [entry or cwd for entry in manifest["sys_path"]]
    if manifest["versions"]["python"].split(".")[:2] == [
        str(part) for part in sys.version_info[:2]
    ]:
        sys.path[:] = [*trained, *(entry for entry in sys.path if entry not in trained)]
    else:
        # Another Python's packages would break this one's; the user's own modules may do.
        known = {*sys.path}
        sys.path += [e for e in trained if e not in known and not re.search(r"python\d", e)]


def main() -> None:
    """Run the process."""
    served = _Served()
    serve(served.answer, served.open)


if __name__ == "__main__":
    main()
