"""What a run's search has found, for a notebook: its leaderboard, and ``cv_results_``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..core.candidates import CandidateRow
from ..errors import NotFound

if TYPE_CHECKING:
    import pandas as pd

_COLUMNS = ("rank", "status", "mean", "std", "fit_s", "round", "resources", "error")


def frame_of(rows: list[CandidateRow]) -> pd.DataFrame:
    """A leaderboard as a table: best first, by the candidate's number.

    A parameter has a column ``param_…``, a fold's score one ``fold_…``, as far as there are such.
    """
    import pandas as pd

    told = [_columns_of(row) for row in rows]
    names = dict.fromkeys(name for columns in told for name in columns)
    params = [name for name in names if name.startswith("param_")]
    folds = sorted(
        (name for name in names if name.startswith("fold_")), key=lambda name: int(name[5:])
    )
    order = [*_COLUMNS[:2], *params, *_COLUMNS[2:4], *folds, *_COLUMNS[4:]]
    index = pd.Index([row.candidate for row in rows], name="candidate", dtype="int64")
    frame = pd.DataFrame(told, index=index, columns=order)
    kept = [name for name in order if name in _COLUMNS[:5] or frame[name].notna().any()]
    return frame[kept].astype({"rank": "Int64"})


def _columns_of(row: CandidateRow) -> dict[str, Any]:
    found: dict[str, Any] = {name: getattr(row, name) for name in _COLUMNS}
    found |= {f"param_{name}": value for name, value in row.params.items()}
    return found | {f"fold_{fold}": score for fold, score in enumerate(row.scores)}


def read_cv_results(path: Path, run_id: str) -> dict[str, Any]:
    """A search's ``cv_results_``.

    Raises
    ------
    NotFound
        The run has none: it is no search, or has not come to its end.
    """
    from ..training.cv_results import read_results

    try:
        return read_results(path)
    except FileNotFoundError:
        raise NotFound(
            f"results of a search in run {run_id}; it is none, or ended before its last fold"
        ) from None
