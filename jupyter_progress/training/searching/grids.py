"""What a search is to try, looked at before anything starts: its fit would say so only then."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...core.names import shorten
from ...core.nearest import nearest
from ...errors import InvalidParameter
from .kinds import search_in

_NAMES_TOLD = 8


def check_grid(estimator: Any) -> None:
    """Refuse a search over parameters that its estimator does not have, or over no values.

    Parameters
    ----------
    estimator
        Any estimator; only searches, and pipelines that end in one, are looked at.

    Raises
    ------
    InvalidParameter
    """
    search = search_in(estimator)
    spaces = ("param_grid", "param_distributions")
    field = next((name for name in spaces if hasattr(search, name)), None)
    if field is None:
        return
    from sklearn.model_selection import ParameterGrid, ParameterSampler

    space = getattr(search, field)
    try:
        if field == "param_grid":
            ParameterGrid(space)
        else:
            ParameterSampler(space, 1)
    except (TypeError, ValueError) as error:
        raise InvalidParameter("estimator", f"{field}: {shorten(str(error), 300)}") from None
    known = set(search.estimator.get_params())
    for part in [space] if isinstance(space, Mapping) else space:
        for name in part:
            # What stands behind "__" may belong to a step that is itself tried.
            if str(name).partition("__")[0] not in known:
                raise InvalidParameter("estimator", _unknown(field, name, search.estimator, known))


def _unknown(field: str, name: Any, estimator: Any, known: set[str]) -> str:
    near = nearest(str(name), known)
    told = ", ".join(sorted(known)[:_NAMES_TOLD]) + (", …" if len(known) > _NAMES_TOLD else "")
    hint = f"did you mean {near!r}?" if near else f"expected: {told}"
    kind = type(estimator).__name__
    return f"{field}: {kind} has no parameter {shorten(repr(name), 80)}; {hint}"
