"""What code asks of the run that it is in: whether to end, where to keep what it resumes from."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from ..errors import RunCancelled, RunHasEnded
from ..store.durable_files import PRIVATE_FOLDER
from ..store.layout import RunDirectory

if TYPE_CHECKING:
    from .track import Tracked

T = TypeVar("T")


class Inside(ABC):
    """The part of a run that its own code reads.

    Attributes
    ----------
    asked
        What was asked: None, ``"stop"`` or ``"cancel"``. A tracked loop reads it in every
        iteration.
    """

    name: str
    run_id: str

    def __init__(self) -> None:
        self.asked: str | None = None
        self._asked_by = ""

    @property
    def stopping(self) -> bool:
        """Whether somebody asked it to keep what it has and finish."""
        return self.asked is not None

    @property
    def attempt(self) -> int:
        """Which attempt this is: 1, and one more each time that the run is resumed."""
        return 1

    @property
    def checkpoint_dir(self) -> Path:
        """A folder for what the run is to go on from, made when it is asked for first.

        It is the run's own, and stays as long as the run does: a later attempt finds in it what
        this one has left.

        Raises
        ------
        RunHasEnded
            The run has not begun.
        """
        directory = self._directory()
        if directory is None:
            raise RunHasEnded(
                f"{self.name!r} has not begun, and has no folder yet; use it in a `with` block"
            )
        directory.own_checkpoints.mkdir(mode=PRIVATE_FOLDER, exist_ok=True)
        return directory.own_checkpoints

    @abstractmethod
    def _directory(self) -> RunDirectory | None:
        """Where the run is kept; None before it begins."""

    def track(
        self, iterable: Iterable[T], total: int | None = None, name: str | None = None
    ) -> Tracked[T]:
        """Go through something inside of this run; see :func:`~.track.track`."""
        from .track import Tracked

        return Tracked(iterable, total, name, False, run=self)

    def raise_if_cancelled(self) -> None:
        """Raise RunCancelled where somebody cancelled the run."""
        if self.asked == "cancel":
            by = f" by {self._asked_by}" if self._asked_by else ""
            raise RunCancelled(self.run_id, f"the run {self.name!r} was cancelled{by}")
