"""What is known of a run: its state, its result, its metrics, what it printed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from ..core.guessed import percent
from ..core.state import RunState, newer
from ..core.transitions import has_ended
from ..errors import RunCancelled, RunFailed, RunNotFinished, UnknownRun
from ..panel.report import report_line
from ..tracking import arguments
from ..tracking.history import Series, WithHistory
from .backend import Backend

if TYPE_CHECKING:
    import pandas as pd


class KnownRun(WithHistory):
    """One run as it can be read, wherever it executes.

    Parameters
    ----------
    run_id
        The run.
    backend
        Who looks after it.
    state
        Its state as far as it is known.
    """

    def __init__(self, run_id: str, *, backend: Backend, state: RunState | None = None) -> None:
        self.run_id = run_id
        self._backend = backend
        self._known = state

    @property
    def state(self) -> dict[str, Any]:
        """The run's state, as ``GET runs/{id}`` answers it."""
        told: dict[str, Any] = msgspec.to_builtins(self._state())
        return told

    @property
    def status(self) -> str:
        """``queued``, ``running``, ``stopping``, ``completed``, ``failed``, ``cancelled``, …"""
        return self._state().status

    @property
    def name(self) -> str:
        """What the run is called."""
        return self._state().name

    @property
    def tags(self) -> list[str]:
        """The run's tags."""
        return list(self._state().tags)

    @property
    def result(self) -> dict[str, Any]:
        """What was measured: ``{"test": {"accuracy", …}, "confusion_matrix", "rows", …}``.

        Raises
        ------
        RunNotFinished
            The run is going on.
        RunFailed, RunCancelled
            It ended without a result.
        """
        state = self._ended("its result")
        if state.result is None:
            raise ended_badly(state)
        return dict(state.result)

    @property
    def error(self) -> dict[str, Any] | None:
        """Why it failed: ``{type, message, stage, traceback, reason, hint}``; None otherwise."""
        return self._state().error

    def candidates(self) -> pd.DataFrame:
        """A search's leaderboard as a DataFrame, best first, also while it runs.

        A row for each candidate with its parameters, its folds' scores so far, their mean and
        spread; empty for a run that searches nothing.
        """
        from .search_results import frame_of

        return frame_of(self._backend.candidates(self.run_id))

    @property
    def cv_results_(self) -> dict[str, Any]:
        """What a search has found, as scikit-learn's own ``cv_results_``; also without a refit.

        A parameter that is no number, text or list of such comes back as its words.

        Raises
        ------
        RunNotFinished
            The run is going on: see ``candidates()``.
        NotFound
            The run searched nothing.
        """
        from .search_results import read_cv_results

        self._ended("its cv_results_")
        return read_cv_results(self._backend.results_file(self.run_id), self.run_id)

    def _series(self) -> Series:
        return self._backend.series(self.run_id, None)

    def output(self, tail: int = 200) -> str:
        """The last lines that the run printed."""
        return self._backend.output(self.run_id, arguments.whole("tail", tail))

    # Inside

    def _state(self) -> RunState:
        followed = self._backend.feeds.stream.run(self.run_id)
        if self._known is not None and has_ended(self._known.status):
            return newer(followed, self._known) or self._known
        # The stream may not have heard yet of an attempt that was begun by a call.
        is_late = followed is not None and newer(followed, self._known) is not followed
        if followed is None or is_late:
            followed = self._backend.state(self.run_id)
        self._known = followed
        return self._known

    def _ended(self, what: str) -> RunState:
        state = self._state()
        if not has_ended(state.status):
            raise RunNotFinished(
                f"{self._name()} is {state.status} ({percent(state)}); {what} is there once "
                "it has ended: run.wait()"
            )
        return state

    def _name(self) -> str:
        known = self._known
        return f"run {known.name!r}" if known is not None and known.name else f"run {self.run_id}"

    def __repr__(self) -> str:
        try:
            return report_line(self._state())
        except UnknownRun:
            return f"run {self.run_id} (deleted, or of another data directory)"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, KnownRun) and other.run_id == self.run_id

    def __hash__(self) -> int:
        return hash(self.run_id)


def ended_badly(state: RunState) -> RunFailed | RunCancelled:
    """The error that tells how a run ended without a model."""
    if state.status != "failed":
        goes_on = "; run.resume() goes on from what there is" if state.resumable else ""
        return RunCancelled(state.run_id, f"run {state.name!r} was {state.status}{goes_on}")
    error = state.error or {}
    where = f" in {error['stage']}" if error.get("stage") else ""
    parts = [f"run {state.name!r} failed{where}: {error.get('type')}: {error.get('message')}"]
    if error.get("traceback"):
        parts.append(str(error["traceback"]).rstrip())
    if error.get("output"):
        parts.append(f"the last that it printed:\n{error['output']}")
    if error.get("hint"):
        parts.append(str(error["hint"]))
    if state.resumable:
        parts.append("run.resume() goes on from what there is")
    return RunFailed(state.run_id, "\n\n".join(parts))
