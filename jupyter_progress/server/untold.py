"""What the log holds that somebody is to be told, and that nobody has told: the oldest first."""

from __future__ import annotations

import contextlib
import heapq
import time
from collections.abc import Callable, Iterator

from ..core.run_notice import NEWS_FOR_S, Cause, cause_of
from ..core.state import RunState
from ..core.times import from_iso, to_iso
from ..store.durable_files import create_once
from ..store.layout import DataDirectory
from ..store.reader import LogReader
from .notice_record import NoticeRecord

PAGE = 100  # states that are held at a time: there may be any number of runs


class Untold:
    """Looks through the log for what is still to be told.

    Parameters
    ----------
    reader
        Of this server's log.
    is_stopping
        Whether a look is to end early.
    """

    def __init__(
        self,
        data: DataDirectory,
        reader: LogReader,
        record: NoticeRecord,
        *,
        is_stopping: Callable[[], bool],
    ) -> None:
        self._data = data
        self._reader = reader
        self._record = record
        self._is_stopping = is_stopping
        self._armed_s: float | None = None

    def oldest(
        self, most: int, *, is_taken: Callable[[Cause], bool]
    ) -> tuple[Iterator[RunState], bool]:
        """The states of runs of which something is to be told.

        Parameters
        ----------
        is_taken
            Whether a cause waits already.

        Returns
        -------
        (iterator of RunState, bool)
            At most ``most``, each read when it is asked for, and whether there are more.
        """
        # From its first use on: what ended before anybody asked for notices is no news.
        armed = create_once(self._data.path / "notify-since", to_iso(time.time()).encode())
        self._armed_s = from_iso(armed.decode())
        found = heapq.nsmallest(most + 1, self._all(is_taken))
        states = (self._reader.run(run_id) for _, run_id in found[:most])
        return (state for state in states if state is not None), len(found) > most

    def _all(self, is_taken: Callable[[Cause], bool]) -> Iterator[tuple[float, str]]:
        before: str | None = None
        while True:
            states, before = self._reader.runs(limit=PAGE, before=before)
            for state in states:
                cause = cause_of(state)
                if cause is None or not self.is_news(cause):
                    continue
                if not is_taken(cause) and not self._record.is_done(cause):
                    yield self._happened_s(cause), cause.run_id
            if before is None or self._is_stopping():
                return

    def is_news(self, cause: Cause) -> bool:
        """Whether it is late enough to be told; nothing is before the log could be looked at."""
        if self._armed_s is None:
            return False
        return self._happened_s(cause) >= max(self._armed_s, time.time() - NEWS_FOR_S)

    def _happened_s(self, cause: Cause) -> float:
        try:
            at = from_iso(cause.time)
        except ValueError:
            at = 0.0  # a time that a foreign journal garbled
        # The clock of who trains elsewhere may be behind; this file was written by one of here.
        with contextlib.suppress(OSError):
            at = max(at, self._record.directory(cause).exit_file.stat().st_mtime)
        return at
