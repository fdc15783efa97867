"""The server's side of checking requests: asks a companion, and imports no scikit-learn itself."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from ..core.run_requests import KeptRequest
from ..models.child_environment import child_argv
from ..models.companion import Companion, CompanionBusy
from ..store.layout import DataDirectory
from . import catalogue

_PROCESS = f"{__package__}.checker_process"
_CHECK_S = 120.0  # seconds of a busy machine; at most some seconds of an idle one
_PATIENCE_S = 0.5
_SPARE_PATIENCE_S = 5.0
_SPARE_IDLE_S = 60.0
_LIST_S = 60.0  # listing the estimators imports all of scikit-learn


class Checker:
    """Checks requests in a process of its own. Safe to use from many threads; each call blocks.

    While that process is at a slow check (an 8 MB file can take it seconds), a second one answers,
    so that a small request waits for half a second of it at most. Where both are, a third
    request is told to come again.

    Parameters
    ----------
    data_dir
        Holds the uploads.
    root_dir
        What a file's path is relative to, and must be below.
    allowed
        Packages that estimators may come from.
    idle_s
        The process, which the first request starts, ends after so long without one.
    memory_bytes, max_rows
        The most that one run may have; None for no limit.
    """

    def __init__(
        self,
        data_dir: DataDirectory,
        root_dir: Path,
        allowed: Iterable[str] = ("sklearn", "xgboost", "lightgbm"),
        *,
        idle_s: float = 600.0,
        startup_timeout_s: float = 180.0,
        memory_bytes: int | None = None,
        max_rows: int | None = None,
    ) -> None:
        opening = {
            "memory_bytes": memory_bytes,
            "max_rows": max_rows,
            "data_dir": str(Path(data_dir.path).absolute()),
            "root_dir": str(Path(root_dir).absolute()),
            "allowed": list(allowed),
        }
        self._companion, self._spare = (
            Companion(
                child_argv(sys.executable, _PROCESS),
                idle_s=idle,
                startup_timeout_s=startup_timeout_s,
                opening=opening,
                what="the process that checks requests",
            )
            for idle in (idle_s, min(idle_s, _SPARE_IDLE_S))
        )
        self._estimators: list[dict[str, Any]] | None = None

    @property
    def pid(self) -> int | None:
        """The process, while it runs."""
        return self._companion.pid

    def check(self, request: KeptRequest) -> None:
        """Check all of a request that can be known before its run starts.

        Raises
        ------
        InvalidRequest
            A subclass of it, naming the field that is wrong and what was expected.
        UnknownUpload
        Unavailable
            No process is free, or it did not start or answer; asking again can help.
        """
        self._ask({"check": request}, _CHECK_S)

    def _ask(self, question: dict[str, Any], timeout_s: float) -> dict[str, Any]:
        try:
            return self._companion.ask(question, timeout_s, patience_s=_PATIENCE_S)
        except CompanionBusy:
            return self._spare.ask(question, timeout_s, patience_s=_SPARE_PATIENCE_S)

    def datasets(self) -> list[dict[str, Any]]:
        """The bundled data sets: ``{name, rows, columns, task}``."""
        return catalogue.datasets()

    def estimators(self) -> list[dict[str, Any]]:
        """scikit-learn's classifiers and regressors: ``{class, task, params}``."""
        if self._estimators is None:
            self._estimators = self._ask({"estimators": True}, _LIST_S)["estimators"]
        return self._estimators

    def close(self) -> None:
        """End the process."""
        self._companion.close()
        self._spare.close()

    def __enter__(self) -> Checker:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
