"""Which run a person means who writes a part of its id, or its name in the id's place."""

from __future__ import annotations

from collections.abc import Iterable

from .names import is_run_id
from .state import RunState

_NAMED = 3


def ids_that_fit(given: str, ids: Iterable[str]) -> list[str]:
    """The ids that this text is, or is the beginning or the end of."""
    known = list(ids)
    if is_run_id(given):
        return [given] if given in known else []
    return [name for name in known if given and (name.startswith(given) or name.endswith(given))]


def named_hint(name: str, runs: Iterable[RunState]) -> str:
    """Say which ids the runs of a name have; empty where there is none.

    Parameters
    ----------
    name
        What was given where an id is wanted.
    runs
        Those that there are, newest first.
    """
    ids = [run.run_id for run in runs if run.name == name]
    if not ids:
        return ""
    if len(ids) == 1:
        return f"the run of that name has the id {ids[0]}"
    more = f" and {len(ids) - _NAMED} more" if len(ids) > _NAMED else ""
    return f"runs of that name, the newest first: {', '.join(ids[:_NAMED])}{more}"
