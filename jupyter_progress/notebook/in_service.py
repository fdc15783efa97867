"""A run's model in service: under which name, and whether what answers is this run's at all."""

from __future__ import annotations

from typing import Any

from ..errors import Conflict, UnknownModel
from ..models.columns import check_columns
from .backend import Backend

_WHAT_TO_DO = "call run.deploy() first, or ask the model itself: run.model.predict(rows)"


def ask_model_of(
    backend: Backend,
    run_id: str,
    name: str,
    rows: list[Any],
    *,
    columns: list[str] | None,
    is_deployed: bool,
) -> dict[str, Any]:
    """Have rows predicted by the model in service, where that is this run's.

    Parameters
    ----------
    name
        What the model is called.
    columns
        What the rows' columns are called, where they are a frame's.
    is_deployed
        Whether it was put in service from here, so that its name is no guess.

    Raises
    ------
    Conflict
        What is in service is another run's model, or nothing is.
    InvalidRequest
        The rows do not fit the model.
    """
    try:
        registered = backend.model(name)
    except UnknownModel:
        if is_deployed:
            raise
        raise Conflict(f"this run's model is not in service; {_WHAT_TO_DO}") from None
    version = registered["deployed"]
    of_run = {known["version"]: known.get("run_id") for known in registered["versions"]}
    if of_run.get(version) != run_id:
        what = f"version {version} of {name!r} is" if version else f"nothing of {name!r} is"
        raise Conflict(f"{what} in service, not this run's model; {_WHAT_TO_DO}")
    expected = registered.get("columns")
    if columns is not None and expected is not None:
        check_columns(columns, expected)
    return backend.predict(name, rows)
