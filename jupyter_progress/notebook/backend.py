"""Who carries out what a notebook asks: the Jupyter server, or, where there is none, this process.

Both do the same things under the same names, so that every call works alike. Which one it is, is
decided once: a server without this extension is an error and never silently replaced.
"""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any, BinaryIO, Protocol

from ..client.discovery import find_server
from ..core.candidates import CandidateRow
from ..core.requests import RunRequest
from ..core.run_query import RunQuery
from ..core.run_requests import KeptRequest
from ..core.state import RunState
from ..panel.feed import Feeds
from ..training.sources.mapped import Parcel
from ..training.workload import Workload


class Backend(Protocol):
    """What both can do. Every call blocks until it is done, or raises a ProgressError."""

    feeds: Feeds

    def upload(self, stream: BinaryIO, format: str) -> str:
        """Hand over a file; answers its id."""

    def check_fits(
        self, request: RunRequest, rows: int, rows_bytes: int, workload: Workload
    ) -> None:
        """Refuse rows of this kernel that a run there cannot have, before any is handed over."""

    def hand_over(self, parcel: Parcel) -> str:
        """Hand over what lies in the memory; answers its id."""

    def submit(self, request: KeptRequest) -> RunState:
        """Start a run."""

    def state(self, run_id: str) -> RunState:
        """A run's newest state."""

    def runs(self, query: RunQuery, limit: int) -> list[RunState]:
        """The first runs that a query finds, in its order."""

    def stop(self, run_id: str) -> None:
        """Keep the best so far and finish."""

    def cancel(self, run_id: str) -> None:
        """Drop it."""

    def skip(self, run_id: str, candidate: int | None) -> None:
        """Give up a candidate of a search; None: those under way."""

    def candidates(self, run_id: str) -> list[CandidateRow]:
        """A search's leaderboard, best first."""

    def results_file(self, run_id: str) -> Path:
        """Where a search's ``cv_results_`` lies on this machine's disk."""

    def resume(self, run_id: str) -> None:
        """Go on with a run that failed or was interrupted."""

    def update(self, run_id: str, change: dict[str, Any]) -> None:
        """Rename, tag or annotate a run."""

    def delete(self, run_id: str) -> None:
        """Forget a run that has ended."""

    def series(
        self, run_id: str, names: list[str] | None, max_points: int | None = None
    ) -> dict[str, list[list[float | None]]]:
        """A run's metrics, in full by default: ``{name: [[step, value], …]}``.

        Parameters
        ----------
        names
            Which; None: all, an empty list: none.
        """

    def output(self, run_id: str, tail: int) -> str:
        """The last lines that a run printed."""

    def register(self, run_id: str, name: str) -> int:
        """Make a model version of what a run has trained."""

    def deploy(self, name: str, version: int | None, run_id: str | None) -> dict[str, Any]:
        """Put a version in service: ``{name, deployed, previous}``."""

    def predict(self, name: str, rows: list[Any]) -> dict[str, Any]:
        """Ask what is in service."""

    def model(self, name: str) -> dict[str, Any]:
        """A registered model: ``{name, deployed, versions}``."""

    def model_folder(self, run_id: str) -> Path:
        """Where a run's own model lies on this machine's disk."""

    def value_folder(self, run_id: str) -> Path:
        """Where what a run's function returned lies on this machine's disk."""

    def version_folder(self, name: str, version: int) -> Path:
        """Where a model version lies on this machine's disk."""

    def key(self) -> bytes:
        """What signs the models."""

    def note(self, text: str, run_id: str | None) -> None:
        """Add a line of one's own to the activity feed."""


_backend: Backend | None = None
_lock = threading.Lock()


def current_backend() -> Backend:
    """The one of this process.

    Raises
    ------
    ExtensionMissing
        There is a server, and jupyter-progress is not loaded in it.
    VersionMismatch, Denied, ServerUnreachable
        It does not fit, does not let this process in, or does not answer.
    """
    global _backend
    with _lock:
        if _backend is None:
            _backend = _choose()
        return _backend


def local_backend() -> Backend:
    """This process, whether or not there is a server."""
    with _lock:
        return _this_process()


def _this_process() -> Backend:
    """One for all that asks for it: each reads every journal for itself."""
    from .local_backend import LocalBackend

    global _local
    if isinstance(_backend, LocalBackend):
        return _backend
    if _local is None:
        _local = LocalBackend()
    return _local


_local: Backend | None = None


def _choose() -> Backend:
    address = find_server()
    if address is None:
        return _this_process()
    from .server_backend import ServerBackend

    return ServerBackend(address)
