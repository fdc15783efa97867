"""In which order lines of several journals are logged.

Within a journal: as they stand. Between journals: by time, but never before what a line
``follows``. That may never come (a lost file, a damaged line, two lines that follow each other);
then the line goes on after ``patience_s`` without news.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator

from ..core.events import JournalLine
from .journal_file import JournalFile
from .watch import Origin

FOLLOWS_PATIENCE_S = 2.0


class Ordering:
    """Merges journals, remembering what each blocked line has waited for.

    Parameters
    ----------
    patience_s
        How long a line waits for what it follows, counted from the last news of that.
    """

    def __init__(self, patience_s: float = FOLLOWS_PATIENCE_S) -> None:
        self._patience_s = patience_s
        # (origin, writer) of a blocked line -> since when, and how far its forerunners were then
        self._blocked: dict[tuple[str, str], tuple[float, tuple[int, ...]]] = {}

    def in_order(
        self, origins: list[Origin], now: float, refill: Callable[[JournalFile], object]
    ) -> Iterator[tuple[Origin, JournalFile, JournalLine]]:
        """Take lines, the next to be logged first, until only blocked ones are left.

        Parameters
        ----------
        refill
            Reads on where a journal's lines are used up and its file has more.
        """
        heap: list[tuple[str, str, str]] = []
        by_name = {origin.name: origin for origin in origins}
        for origin in origins:
            for each in origin.journals.values():
                self._offer(heap, origin, each, now)
        while heap:
            _time, name, writer = heapq.heappop(heap)
            origin = by_name[name]
            journal = origin.journals.get(writer)
            if journal is None or not journal.waiting:
                continue
            line = journal.take()
            self._blocked.pop((name, writer), None)
            yield origin, journal, line
            if not journal.waiting and journal.has_more:
                refill(journal)
            self._offer(heap, origin, journal, now)
            for other in origin.journals.values():
                if other is not journal and (name, other.writer) in self._blocked:
                    self._offer(heap, origin, other, now)

    def _offer(
        self, heap: list[tuple[str, str, str]], origin: Origin, journal: JournalFile, now: float
    ) -> None:
        if not journal.waiting:
            return
        line = journal.waiting[0][0]
        if line.follows and not self._may_go(origin, journal, line, now):
            return
        self._blocked.pop((origin.name, journal.writer), None)
        heapq.heappush(heap, (line.time, origin.name, journal.writer))

    def _may_go(self, origin: Origin, journal: JournalFile, line: JournalLine, now: float) -> bool:
        reached = {
            writer: origin.journals[writer].sequence if writer in origin.journals else 0
            for writer in line.follows
            if writer != journal.writer
        }
        if all(reached[writer] >= line.follows[writer] for writer in reached):
            return True
        key = (origin.name, journal.writer)
        news = tuple(reached.values())
        since, before = self._blocked.get(key, (now, news))
        if news != before:
            since = now
        self._blocked[key] = (since, news)
        return now - since >= self._patience_s
