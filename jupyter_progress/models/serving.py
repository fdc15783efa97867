"""Models in service: one process for each version that is asked, started when it is needed."""

from __future__ import annotations

import os
import sys
import threading
from collections import OrderedDict
from pathlib import Path
from typing import Any

from ..errors import ServingFailed
from .child_environment import child_argv
from .companion import Companion
from .manifest import read_manifest
from .registry import Registry

_PROCESS = f"{__package__}.serving_process"


class ServingPool:
    """Answers ``predict``. Safe to use from many threads; each call blocks until it is answered.

    Parameters
    ----------
    registry
        Where the models are.
    idle_s
        A process that nobody asks for so long ends; the next request starts it again.
    predict_timeout_s
        A prediction that takes longer is given up, and its process ended.
    startup_timeout_s
        For importing the model's libraries and opening it.
    max_processes
        The one that was asked longest ago is ended where there would be more.
    """

    def __init__(
        self,
        registry: Registry,
        *,
        idle_s: float = 1800.0,
        predict_timeout_s: float = 60.0,
        startup_timeout_s: float = 120.0,
        max_processes: int = 4,
    ) -> None:
        self._registry = registry
        self._idle_s = idle_s
        self._predict_timeout_s = predict_timeout_s
        self._startup_timeout_s = startup_timeout_s
        self._max_processes = max_processes
        self._lock = threading.Lock()
        self._companions: OrderedDict[tuple[str, int], Companion] = OrderedDict()
        self._closed = False

    def check(self, name: str, version: int) -> None:
        """Have the version's process running with its model opened; deploy only what passes this.

        Raises
        ------
        UnknownModel
        ArtifactRefused
            The model's file is not what was saved, or this machine cannot open it.
        ServingFailed
            The process did not start.
        """
        self._companion(name, version).ask({"check": True}, self._predict_timeout_s)

    def predict(self, name: str, rows: list[Any], version: int | None = None) -> dict[str, Any]:
        """Predict.

        Parameters
        ----------
        name
            The model.
        rows
            Each a list in the order of the training columns, or an object by their names.
        version
            By default the one that is deployed.

        Returns
        -------
        dict
            ``{"model", "version", "predictions"}``; of a classifier that gives them also
            ``"probabilities"``, a list for each row in the order of ``"classes"``.

        Raises
        ------
        UnknownModel
        Conflict
            No version is deployed.
        InvalidRequest
            The rows do not fit the model; the message names the row and the column.
        ServingFailed
            The process died or did not answer in time.
        """
        version = self._registry.in_service(name, version)
        companion = self._companion(name, version)
        answer = companion.ask({"predict": rows}, self._predict_timeout_s)
        return {"model": name, "version": version, **answer}

    def pids(self) -> list[int]:
        """The processes that run now."""
        with self._lock:
            found = [companion.pid for companion in self._companions.values()]
        return [pid for pid in found if pid is not None]

    def close(self) -> None:
        """End all processes."""
        with self._lock:
            self._closed = True
            companions = list(self._companions.values())
            self._companions.clear()
        for companion in companions:
            companion.close()

    def __enter__(self) -> ServingPool:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _companion(self, name: str, version: int) -> Companion:
        directory = self._registry.directory(name, version)
        manifest = read_manifest(directory, self._registry.key)
        surplus = []
        with self._lock:
            if self._closed:
                raise ServingFailed("serving was closed")
            companion = self._companions.get((name, version))
            if companion is None:
                companion = self._new(name, version, directory, manifest)
                self._companions[name, version] = companion
            self._companions.move_to_end((name, version))
            while len(self._companions) > self._max_processes:
                surplus.append(self._companions.popitem(last=False)[1])
        for old in surplus:
            old.close()
        return companion

    def _new(self, name: str, version: int, directory: Path, manifest: dict[str, Any]) -> Companion:
        python = manifest["python"]
        if not os.access(python, os.X_OK):
            # The environment that trained it is gone; opening it here tells if this one will do.
            python = sys.executable
        return Companion(
            child_argv(python, _PROCESS),
            idle_s=self._idle_s,
            startup_timeout_s=self._startup_timeout_s,
            opening={"directory": str(directory.resolve()), "key": self._registry.key.hex()},
            failure=ServingFailed,
            what=f"the process serving version {version} of {name!r}",
        )
