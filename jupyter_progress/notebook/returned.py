"""What a submitted function returned, opened in the user's kernel and nowhere else."""

from __future__ import annotations

from typing import Any

from ..core.state import RunState
from ..errors import NoValue
from .backend import Backend
from .known_run import ended_badly


def value_of(state: RunState, backend: Backend) -> Any:
    """Open what the function of a run returned.

    Parameters
    ----------
    state
        Of a run that has ended.

    Raises
    ------
    RunFailed, RunCancelled
        It ended without returning.
    NoValue
        What it returned could not be kept or lies on another disk, or the run is of another kind.
    ArtifactRefused
        What is on disk is not what the run has left there.
    """
    if state.kind != "function":
        has = "a model: run.model" if state.kind == "pipeline" else "metrics: run.history()"
        raise NoValue(
            f"run {state.name!r} is not one of jp.submit, and returns nothing; it has {has}"
        )
    if state.status != "completed":
        raise ended_badly(state)
    told = (state.result or {}).get("value") or {}
    if told.get("problem") is not None:
        raise NoValue(
            f"what run {state.name!r} returned (of type {told.get('type')}) is not kept: "
            f"{told['problem']}; write it to a file in the function, and return the path"
        )
    from ..models.values import load_value

    folder = backend.value_folder(state.run_id)
    return load_value(folder, key=backend.key(), run_id=state.run_id)
