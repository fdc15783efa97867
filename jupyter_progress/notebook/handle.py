"""A run in one's hand: watch it, wait for it, stop it, and use what it has made."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ..core.names import suggest_model_name
from ..core.state import RunState
from ..errors import NoModel
from ..tracking import arguments
from . import predictions
from .backend import Backend
from .in_service import ask_model_of
from .known_run import KnownRun, ended_badly
from .returned import value_of
from .waiting import wait_for_end

if TYPE_CHECKING:
    import numpy as np

    from .panel import Panel

_UNKNOWN = object()  # a function may well have returned None


class RunHandle(KnownRun):
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
        super().__init__(run_id, backend=backend, state=state)
        self._display = display
        self._panel: Panel | None = None
        self._model: Any = None
        self._value: Any = _UNKNOWN
        self._deployed_as: str | None = None

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
        if state.kind == "function":
            raise NoModel(f"{self._name()} is one of a function; what that returned is run.value")
        if self._model is None:
            from ..models.persistence import load_model

            folder = self._backend.model_folder(self.run_id)
            if not (folder / "manifest.json").is_file():
                raise NoModel(_without_model(state))
            self._model = load_model(folder, key=self._backend.key())
        return self._model

    @property
    def value(self) -> Any:
        """What the function of ``jp.submit`` returned.

        Raises
        ------
        RunNotFinished
            The run is going on; this never waits.
        RunFailed, RunCancelled
            It ended without returning.
        NoValue
            What it returned could not be kept, or the run is not one of a function.
        """
        if self._value is _UNKNOWN:
            self._value = value_of(self._ended("its value"), self._backend)
        return self._value

    @property
    def preprocessing(self) -> Any:
        """What ``preprocess="auto"`` has put before the estimator; not fitted.

        So the run's model is, bit for bit, ``make_pipeline(run.preprocessing, estimator)``, fitted
        on the run's training rows.

        Returns
        -------
        object
            A transformer; ``"passthrough"`` where nothing was to be done.

        Raises
        ------
        RunNotFinished
            The run is going on; this never waits.
        RunFailed, RunCancelled, NoModel
            It ended without a model.
        """
        from sklearn.base import clone

        model = self.model
        was_needed = ((self._state().result or {}).get("preprocess")) or []
        return clone(model.named_steps["preprocess"]) if was_needed else "passthrough"

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
        limit = arguments.seconds("timeout", timeout)
        try:
            state = wait_for_end(self, limit, display=self._display)
        except KeyboardInterrupt:
            print(
                f"{self._name()} goes on; run.wait() waits again, run.stop() keeps the best so far "
                "and finishes, run.cancel() drops it",
                file=sys.stderr,
            )
            raise
        self._known = state
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
        CannotStop
            The fit is one call of its library: ``wait()`` for its end, or ``cancel()`` the run.
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

    def skip(self, candidate: int | None = None) -> None:
        """Give up a candidate of a search: its folds that are not fitted yet are left out.

        Parameters
        ----------
        candidate
            Its number on the leaderboard; None: those that have a fold under way.

        Raises
        ------
        NothingToSkip
            It is over, or nothing is being searched.
        RunHasEnded
        """
        given = None if candidate is None else arguments.whole("candidate", candidate, least=0)
        self._backend.skip(self.run_id, given)

    def resume(self) -> RunHandle:
        """Go on with a run that failed or was interrupted, from what it has left.

        Where the training kept a checkpoint it goes on from there, else it starts again, with the
        same rows and the same random states. Asking again changes nothing.

        Returns
        -------
        RunHandle
            The run itself, waiting or going on: ``run.resume().wait()``.

        Raises
        ------
        NotResumable
            It completed, was dropped, or failed by itself and left nothing to go on from.
        RunGoingOn
            It has not ended.
        """
        self._backend.resume(self.run_id)
        self._known = self._backend.state(self.run_id)
        self._model, self._value = None, _UNKNOWN
        return self

    def update(
        self,
        *,
        name: str | None = None,
        tags: Sequence[str] | None = None,
        notes: str | None = None,
    ) -> None:
        """Rename, tag or annotate the run; what is None stays as it is."""
        given: dict[str, Any] = {}
        if name is not None:
            given["name"] = arguments.label("name", name)
        if tags is not None:
            given["tags"] = arguments.labels("tags", tags)
        if notes is not None:
            given["notes"] = arguments.notes("notes", notes)
        if given:
            self._backend.update(self.run_id, given)

    def note(self, text: str) -> None:
        """Add a line of one's own to the run's activity feed."""
        self._backend.note(arguments.note("text", text), self.run_id)

    def delete(self) -> None:
        """Forget the run and its files; registered models stay.

        Raises
        ------
        RunGoingOn
        """
        self._backend.delete(self.run_id)
        self._known = None  # what it was is not known of a run that there is not

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
        called = self._model_name(name)
        self._ended("its model")
        return self._backend.register(self.run_id, called)

    def deploy(self, name: str | None = None) -> dict[str, Any]:
        """Put the run's model in service, registering it first where that was not done.

        Parameters
        ----------
        name
            By default the run's own name, or the one that it was registered under.

        Returns
        -------
        dict
            ``{"name", "deployed", "previous", "changed"}``: the versions in service now and
            before, and whether they differ.
        """
        called = self._model_name(name)
        self._ended("its model")
        answer = self._backend.deploy(called, None, self.run_id)
        self._deployed_as = called
        return answer

    def predict(self, rows: Any) -> np.ndarray:
        """Ask the model in service for predictions.

        Parameters
        ----------
        rows
            A DataFrame, an array of shape (rows, columns), or a list of lists or dictionaries.

        Raises
        ------
        RunNotFinished
            The run is going on: it has no model yet.
        Conflict
            The run's model is not in service: ``run.deploy()`` first, or ask ``run.model``.
        """
        return predictions.values(self._ask_service(rows))

    def predict_proba(self, rows: Any) -> np.ndarray:
        """Ask the model in service for probabilities, of shape (rows, classes)."""
        return predictions.probabilities(self._ask_service(rows))

    def _ask_service(self, rows: Any) -> dict[str, Any]:
        sent = predictions.to_rows(rows)
        if self._deployed_as is None:
            self._ended("its model")
        name = self._deployed_as or self._model_name(None)
        return ask_model_of(
            self._backend,
            self.run_id,
            name,
            sent,
            columns=predictions.column_names(rows),
            is_deployed=self._deployed_as is not None,
        )

    def _model_name(self, name: str | None) -> str:
        if name is not None:
            return arguments.model_name("name", name)
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


def _without_model(state: RunState) -> str:
    search = (state.result or {}).get("search") or {}
    if search.get("refit") is False:
        return (
            f"run {state.run_id} was a search with refit=False, which makes no model; "
            "run.cv_results_ and run.candidates() have what it has found"
        )
    return f"run {state.run_id} has left no model"
