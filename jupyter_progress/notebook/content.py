"""What rows of this kernel hold, held against the estimator and the split before they are sent."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ..core.requests import RunRequest
from ..training.data_checks import check_data, facts_of
from ..training.sources.load import LoadedData
from ..training.sources.table import Table, make_table
from .checks import Rows


def check_content(
    rows: Rows,
    held_out: dict[str, Rows],
    draft: RunRequest,
    estimator: object,
    kind: str | None,
    groups: np.ndarray | None = None,
) -> None:
    """Check what the checks of a request see in files: the same code, on the rows themselves.

    Parameters
    ----------
    held_out
        Rows of the user's own, as ``validation`` and ``test``.
    draft
        The request that is to be sent.
    estimator
        An object, or a class by its name.
    kind
        ``classifier`` or ``regressor``; None where the estimator is only named.
    groups
        Of the rows, where there are some.

    Raises
    ------
    UnsuitableData
    """
    fields = {"X": "X", "y": "y", "validation": "validation[0]", "test": "test[0]"}
    loaded = LoadedData(
        replace(_table(rows, fields["X"]), groups=groups),
        **{part: _table(found, fields[part]) for part, found in held_out.items()},
    )
    task = {"classifier": "classification", "regressor": "regression"}.get(kind or "")
    known = estimator if kind is not None else None
    check_data(facts_of(loaded), draft, task, known, fields)


def _table(rows: Rows, field: str) -> Table:
    return make_table(rows.X, rows.y, field)
