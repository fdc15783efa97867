"""A run in one's hand: watch it, wait for it, stop it, and use what it has made."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import msgspec

from ..core.names import check_model_name, suggest_model_name
from ..core.state import RunState
from ..core.transitions import has_ended
from ..errors import (
    Conflict,
    InvalidRequest,
    NoModel,
    RunCancelled,
    RunFailed,
    RunNotFinished,
    Unavailable,
    UnknownModel,
)
from ..panel.report import report_line
from . import predictions
from .backend import Backend
from .showing import Showing

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from .panel import Panel

POLL_S = 0.1
# Asked for by REST now and then, in case the feed is cut off from the server for long.
ASK_EVERY_S = 5.0


class RunHandle:
    """One run, wherever it executes.

    Parameters
    ----------
    run_id
        The run.
    backend
        Who looks after it.
    state
        Its state as far as it is known.
    display
        Whether it shows itself.
    """

    def __init__(
        self,
        run_id: str,
        *,
        backend: Backend,
        state: RunState | None = None,
        display: bool = True,
    ) -> None:
        self.run_id = run_id
        self._backend = backend
        self._known = state
        self._display = display
        self._panel: Panel | None = None
        self._model: Any = None
        self._deployed: tuple[str, int] | None = None

    @property
    def model(self) -> Any:
        """The fitted estimator, which takes raw rows.

        Raises
        ------
        RunNotFinished
            The run is going on; this never waits.
        RunFailed, RunCancelled, NoModel
            It ended without a model.
        """
        state = self._ended("its model")
        if state.status != "completed":
            raise ended_badly(state)
        if self._model is None:
            from ..models.persistence import load_model

            folder = self._backend.model_folder(self.run_id)
            if not (folder / "manifest.json").is_file():
                raise NoModel(f"run {self.run_id} has left no model")
            self._model = load_model(folder, key=self._backend.key())
        return self._model

    @property
    def panel(self) -> Panel:
        """The run's live panel, a widget; the same one each time."""
        if self._panel is None:
            from .panel import Panel

            self._panel = Panel(self)
        return self._panel

    # Waiting

    def wait(self, timeout: float | None = None) -> RunHandle:
        """Wait for the run's end, and show the run meanwhile.

        Interrupting the cell leaves the run alone.

        Parameters
        ----------
        timeout
            Give up waiting after so many seconds; the run goes on.

        Returns
        -------
        RunHandle
            The run itself, completed: ``run.wait().result``.

        Raises
        ------
        RunFailed
            It failed; with the traceback of the user's own code.
        RunCancelled
            It was cancelled, or Jupyter was stopped under it.
        RunNotFinished
            The timeout is over.
        """
        try:
            state = self._wait(timeout)
        except KeyboardInterrupt:
            print(
                f"{self._name()} goes on; run.wait() waits again, run.stop() keeps the best so far "
                "and finishes, run.cancel() drops it",
                file=sys.stderr,
            )
            raise
        if state.status != "completed":
            raise ended_badly(state)
        return self

    # Asking

    def stop(self) -> None:
        """Have it keep the best so far, evaluate and save that, and finish.

        Raises
        ------
        NothingToKeep
            There is nothing yet; ``cancel()`` drops the run.
        RunHasEnded
        """
        self._backend.stop(self.run_id)

    def cancel(self) -> None:
        """Drop the run.

        Raises
        ------
        RunHasEnded
        """
        self._backend.cancel(self.run_id)

    def update(
        self,
        *,
        name: str | None = None,
        tags: Sequence[str] | None = None,
        notes: str | None = None,
    ) -> None:
        """Rename, tag or annotate the run; what is None stays as it is."""
        if isinstance(tags, str):
            raise InvalidRequest("tags", f"is {tags!r}; expected a list of strings: [{tags!r}]")
        change = {"name": name, "tags": list(tags) if tags is not None else None, "notes": notes}
        given = {key: value for key, value in change.items() if value is not None}
        if given:
            self._backend.update(self.run_id, given)

    def note(self, text: str) -> None:
        """Add a line of one's own to the run's activity feed."""
        self._backend.note(text, self.run_id)

    def delete(self) -> None:
        """Forget the run and its files; registered models stay.

        Raises
        ------
        RunGoingOn
        """
        self._backend.delete(self.run_id)

    def register(self, name: str | None = None) -> int:
        """Make the run's model the next version of a name.

        Parameters
        ----------
        name
            By default the run's own name.

        Returns
        -------
        int
            The version; a run that has one under this name keeps it.
        """
        self._ended("its model")
        return self._backend.register(self.run_id, self._model_name(name))

    def deploy(self, name: str | None = None) -> dict[str, Any]:
        """Put the run's model in service, registering it first where that was not done.

        Parameters
        ----------
        name
            By default the run's own name, or the one that it was registered under.

        Returns
        -------
        dict
            ``{"name", "deployed", "previous"}``; the last two are versions.
        """
        self._ended("its model")
        called = self._model_name(name)
        answer = self._backend.deploy(called, None, self.run_id)
        self._deployed = (called, int(answer["deployed"]))
        return answer

    def predict(self, rows: Any) -> np.ndarray:
        """Ask the model in service for predictions.

        Parameters
        ----------
        rows
            A DataFrame, an array of shape (rows, columns), or a list of lists or dictionaries.

        Raises
        ------
        Conflict
            The run's model is not in service: ``run.deploy()`` first, or ask ``run.model``.
        """
        return predictions.values(self._ask_service(rows))

    def predict_proba(self, rows: Any) -> np.ndarray:
        """Ask the model in service for probabilities, of shape (rows, classes)."""
        return predictions.probabilities(self._ask_service(rows))

    def _ask_service(self, rows: Any) -> dict[str, Any]:
        sent = predictions.to_rows(rows)
        name = self._deployed[0] if self._deployed else self._model_name(None)
        registered = self._backend.model(name) if self._deployed else self._find_model(name)
        version = registered["deployed"]
        of_run = {known["version"]: known.get("run_id") for known in registered["versions"]}
        if of_run.get(version) != self.run_id:
            what = f"version {version} of {name!r} is" if version else f"nothing of {name!r} is"
            raise Conflict(
                f"{what} in service, not this run's model; call run.deploy() first, or ask the "
                "model itself: run.model.predict(rows)"
            )
        return self._backend.predict(name, sent)

    def _find_model(self, name: str) -> dict[str, Any]:
        try:
            return self._backend.model(name)
        except UnknownModel:
            raise Conflict(
                "this run's model is not in service; call run.deploy() first, or ask the model "
                "itself: run.model.predict(rows)"
            ) from None

    def _model_name(self, name: str | None) -> str:
        if name is not None:
            return check_model_name("name", name)
        state = self._state()
        registered = ((state.result or {}).get("model") or {}).get("name")
        return registered or suggest_model_name(state.name)

    def _ipython_display_(self) -> None:
        from ..panel.kernel_state import kernel_shell

        if kernel_shell() is not None and self._display:
            self.panel._ipython_display_()
        else:
            print(repr(self))

    def _repr_mimebundle_(self, **_kwargs: Any) -> dict[str, Any]:
        return self.panel.bundle()
