"""What the first attempt at a run has drawn or found, for the next ones not to draw it anew.

``settled.json`` holds the random states that were unset, the threads that BLAS and OpenMP had, and
which file the data came from. The split's indices stand beside it, in ``split.npz``.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ..core.requests import RunRequest
from ..store.layout import RunDirectory, read_json_object
from .data_path import data_path


class Settled:
    """The facts that all attempts at one run share.

    Parameters
    ----------
    run
        The run's directory.
    """

    def __init__(self, run: RunDirectory) -> None:
        self._run = run
        self._path = run.path / "settled.json"
        self._facts = read_json_object(self._path) or {}

    def get(self, name: str) -> Any:
        """A fact of an earlier attempt; None where there is none."""
        return self._facts.get(name)

    def keep(self, **facts: Any) -> None:
        """Settle facts, on disk on return."""
        self._facts |= facts
        self._run.write_json(self._path, self._facts)


def file_facts(request: RunRequest, root: Path) -> dict[str, Any] | None:
    """What tells a data file from a later one of its name; None where the data cannot change.

    What was handed over is kept under its content, and what scikit-learn brings stays as it is.
    """
    if request.dataset["source"] != "file":
        return None
    found = data_path(request.dataset["path"], root).stat()
    return {"size_bytes": found.st_size, "mtime_ns": found.st_mtime_ns}
