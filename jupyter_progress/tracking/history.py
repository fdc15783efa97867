"""A run's metrics as a table: read from its journals, or given as series."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ..core.names import shorten
from ..core.nearest import nearest
from ..errors import InvalidRequest
from ..store.journal import read_journal
from ..store.layout import RunDirectory
from ..store.regular_files import regular_files
from . import arguments

if TYPE_CHECKING:
    import pandas as pd

Series = dict[str, list[list[float | None]]]


class WithHistory(ABC):
    """A run whose metrics can be had as a table."""

    def history(self, names: Sequence[str] | None = None) -> pd.DataFrame:
        """All metrics as a DataFrame: a row for each step, a column for each metric.

        Parameters
        ----------
        names
            Only these metrics.

        Raises
        ------
        InvalidRequest
            The run has metrics, and one of these is not among them.
        """
        asked = None if names is None else arguments.strings("names", names)
        # All series are asked for: where one is not there, the words name those that are.
        return frame_of(chosen(self._series(), asked))

    @abstractmethod
    def _series(self) -> Series:
        """All metrics in full."""


def frame_of(series: Mapping[str, Sequence[Sequence[float | None]]]) -> pd.DataFrame:
    """Make a table of series: a row for each step, a column for each metric.

    Parameters
    ----------
    series
        ``[step, value]`` in order, by the metric's name. Of several values at a step the last
        stands in the table.
    """
    import pandas as pd

    columns = {
        name: pd.Series([value for _, value in points], [step for step, _ in points], dtype=float)
        .groupby(level=0)
        .last()
        for name, points in series.items()
    }
    frame = pd.DataFrame(columns).sort_index()
    steps = frame.index.to_numpy(dtype=float)
    if (steps == steps.round()).all():
        frame.index = frame.index.astype("int64")
    frame.index.name = "step"
    return frame


def chosen(series: Series, names: Sequence[str] | None) -> Series:
    """The series that are asked for, in that order; all of them, by their names, for None.

    Raises
    ------
    InvalidRequest
        There are metrics, and one of these names is not among them.
    """
    if names is None:
        return dict(sorted(series.items()))
    for index, name in enumerate(names):
        # A run that has measured nothing, or nothing yet, has an empty table.
        if series and name not in series:
            near = nearest(name, list(series))
            meant = f"did you mean {near!r}? " if near else ""
            raise InvalidRequest(
                f"names[{index}]",
                f"the run has no metric {shorten(repr(name), 80)}; {meant}it has "
                f"{', '.join(map(repr, list(series)[:20]))}",
            )
    return {name: series.get(name, []) for name in names}


def series_in(directory: RunDirectory) -> Series:
    """All points that a run's journals hold, by the metric's name, in the order of each writer."""
    found: Series = {}
    for path in sorted(regular_files(directory.journals, ".jsonl")):
        byte = 0
        while (part := read_journal(path, byte)).next_byte > byte:
            byte = part.next_byte
            for line in part.lines:
                if line.type == "metrics_appended":
                    _add(found, line.data.get("series"))
    return found


def _add(found: Series, series: Any) -> None:
    if isinstance(series, dict):
        for name, points in series.items():
            found.setdefault(name, []).extend(points)
