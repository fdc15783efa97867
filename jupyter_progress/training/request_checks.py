"""All that can be known of a request before its run starts.

Names, paths, classes and parameters, and the content of files up to 8 MB. What is refused here
would fail in ``validate_data`` or later, with the same ``reason``: the same code looks at the data.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import re
import subprocess
import sys
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any

import msgspec

from ..core.functions import FunctionRequest
from ..core.names import shorten
from ..core.requests import Executor, RunRequest
from ..core.run_requests import KeptRequest
from ..errors import InvalidRequest, UnsuitableData
from .capacity import check_file, check_rows, memory_room, rows_in
from .catalogue import task_of_dataset
from .data_checks import DataReader, check_data
from .data_path import data_path
from .early_stopping import check_can_end_early
from .estimators import build_estimator, check_allowed, task_of
from .fit_params import check_takes_weights
from .handed_over import own_python
from .scoring_checks import check_scorer_name, check_scoring
from .searching.grids import check_grid
from .searching.kinds import check_makes_model
from .sources.targets import count_targets
from .suitability import check_takes_targets
from .upload_checks import check_uploads
from .uploads import Uploads

_INTERPRETER_S = 20.0
_WEIGHTS = frozenset(("sample_weight", "sample_weight_column"))
# Uploads of a data set that are divided as its rows are.
_DIVIDED = ("y", "sample_weight", "groups")


class RequestChecks:
    """Checks requests; keeps what it learned of a file until the file changes.

    Parameters
    ----------
    uploads
        What was handed over.
    root
        What a file's path is relative to, and must be below.
    allowed
        Packages that estimators may come from.
    memory_bytes, max_rows
        The most that one run may have; None for no limit.
    """

    def __init__(
        self,
        uploads: Uploads,
        root: Path,
        allowed: Iterable[str],
        *,
        memory_bytes: int | None = None,
        max_rows: int | None = None,
    ) -> None:
        self._uploads = uploads
        self._root = root
        self._memory_bytes = memory_bytes
        self._max_rows = max_rows
        self._allowed = tuple(allowed)
        self._reader = DataReader(uploads, root)

    def check(self, request: KeptRequest) -> None:
        """Check a request that ``core.run_requests.read_run_request`` has passed.

        Raises
        ------
        InvalidRequest
            A subclass of it, naming the first field that is wrong.
        UnknownUpload
        """
        python = own_python()
        if request.executor is not None:
            python = _check_executor(request.executor)
        check_uploads(msgspec.to_builtins(request), self._uploads, python)
        if isinstance(request, FunctionRequest):
            return
        estimator = self._estimator(request)
        task = None if estimator is None else task_of(estimator)
        check_makes_model(estimator, request.register_as)
        check_grid(estimator)
        scoring = request.scoring if isinstance(request.scoring, str) else None
        if scoring is not None:
            check_scorer_name(scoring)
        if estimator is not None and not _WEIGHTS.isdisjoint(request.dataset):
            check_takes_weights(estimator)
        self._check_room(request)
        if request.early_stopping is not None and estimator is not None:
            check_can_end_early(estimator)
        facts = self._reader.read(request.dataset)
        if estimator is not None:
            _check_bundled_task(request.dataset, task, estimator)
        if facts is not None:
            if estimator is not None:
                check_takes_targets(estimator, count_targets(facts.y))
            check_data(facts, request, task, estimator)
            check_rows(len(facts.y), self._max_rows)
        if scoring is not None and estimator is not None:
            y = None if facts is None else facts.y
            check_scoring(scoring, estimator, str(task), y)

    def _check_room(self, request: RunRequest) -> None:
        """Refuse what is too large to be looked into, by what its files say of themselves."""
        path, beside = None, []
        if request.dataset["source"] == "file":
            path = data_path(request.dataset["path"], self._root)
        elif request.dataset["source"] == "upload":
            path = self._uploads.path(request.dataset["id"])
            ids = [request.dataset[key] for key in _DIVIDED if request.dataset.get(key)]
            beside = [self._uploads.path(upload_id) for upload_id in ids]
        if path is None:
            return
        with contextlib.suppress(OSError):  # what cannot be read is told by who reads it
            check_rows(rows_in(path) or 0, self._max_rows)
            if not request.start_anyway:
                check_file(request, path, memory_room(self._memory_bytes), beside)

    def _estimator(self, request: RunRequest) -> Any:
        """The estimator that is asked for; None where only the worker can tell."""
        spec = request.estimator
        if "upload" in spec:
            return None
        executor = request.executor
        if executor is not None and executor.python not in (None, sys.executable):
            package = str(spec["class"]).partition(".")[0]
            check_allowed(spec["class"], self._allowed, field="estimator.class")
            if importlib.util.find_spec(package) is None:
                return None  # the other interpreter may well have it
        return build_estimator(spec, self._allowed)


def _check_executor(executor: Executor) -> str | None:
    """Check what trains; answers the version of its Python, where that could be found out."""
    version: str | None = own_python()
    if executor.python is not None and not _is_program(executor.python):
        raise InvalidRequest(
            "executor.python",
            f"{shorten(repr(executor.python), 120)} is no program; expected the absolute path of a "
            "Python interpreter",
        )
    if executor.python not in (None, sys.executable):
        changed = Path(str(executor.python)).stat().st_mtime_ns
        version = _version_of(str(executor.python), changed)
    if executor.cwd is not None and not _is_folder(executor.cwd):
        raise InvalidRequest(
            "executor.cwd",
            f"{shorten(repr(executor.cwd), 120)} is no folder; expected the absolute path of one",
        )
    return version


@lru_cache(maxsize=32)
def _version_of(path: str, _mtime_ns: int) -> str | None:
    """Have it say its version: what is no Python, or a broken one, cannot."""
    command = [path, "-I", "-S", "-c", "import sys; print('Python', *sys.version_info[:2])"]
    try:
        asked = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, timeout=_INTERPRETER_S
        )
    except subprocess.TimeoutExpired:
        return None  # on a machine this busy, the run itself shows it
    except OSError as error:
        why = error.strerror or str(error)
    else:
        told = re.fullmatch(rb"Python (\d+) (\d+)", asked.stdout.strip())
        if told is not None:
            return f"{int(told[1])}.{int(told[2])}"
        why = f"it ended with code {asked.returncode}"
    raise InvalidRequest(
        "executor.python",
        f"{shorten(repr(path), 120)} does not run as Python ({why}); expected the absolute path of "
        "a Python interpreter",
    )


def _is_program(path: str) -> bool:
    try:
        return Path(path).is_absolute() and Path(path).is_file() and os.access(path, os.X_OK)
    except (OSError, ValueError):  # a name that is too long, a NUL byte
        return False


def _is_folder(path: str) -> bool:
    try:
        return Path(path).is_absolute() and Path(path).is_dir()
    except (OSError, ValueError):
        return False


def _check_bundled_task(dataset: dict[str, Any], task: str | None, estimator: Any) -> None:
    """Refuse a classifier for a bundled regression set: its targets look like many classes."""
    if dataset["source"] != "sklearn" or task != "classification":
        return
    if task_of_dataset(dataset["name"]) == "regression":
        raise UnsuitableData(
            "dataset.name",
            f"{dataset['name']!r} has numbers as targets and {type(estimator).__name__} is a "
            "classifier; expected a regressor, or a data set with classes",
        )
