"""Runs whose directory has gone without a word in any journal: somebody used ``rm``."""

from __future__ import annotations

import time
from collections.abc import Iterable

from ..core.times import to_iso
from .assembly import Assembly
from .watch import Watch

VANISHED_S = 0.5  # a deletion is journalled first; so long its line may still be on its way


class VanishedRuns:
    """Has runs forgotten whose directory is no longer there.

    Parameters
    ----------
    known
        The runs that the log knows; of those, what is gone by now counts at once.
    """

    def __init__(self, watch: Watch, known: Iterable[str]) -> None:
        self._watch = watch
        self._due = {run_id: 0.0 for run_id in known if not watch.has_directory(run_id)}

    def __bool__(self) -> bool:
        return bool(self._due)

    def notice(self) -> list[str]:
        """Take down what the watch has missed; answers those runs."""
        due = time.monotonic() + VANISHED_S
        found = []
        while self._watch.vanished:
            run_id = self._watch.vanished.pop()
            self._due.setdefault(run_id, due)
            found.append(run_id)
        return found

    def take_into(self, taken: Assembly) -> None:
        """Put into a batch that they are gone, but for those that are there again, or deleted."""
        now = time.monotonic()
        for run_id in [run_id for run_id, due in self._due.items() if due <= now]:
            if run_id in taken.forgotten or self._watch.has_directory(run_id):
                del self._due[run_id]
                continue
            taken.vanish(run_id, to_iso(time.time()))
            if run_id not in taken.batch.forgotten:
                del self._due[run_id]  # nothing was known of it

    def forget(self, run_id: str) -> None:
        """It is taken care of."""
        self._due.pop(run_id, None)
