"""Where a process without a server journals what is about no run: a slot of its own.

Facts that belong to no run stand in the journals of servers, each in the slot whose lock it holds.
A kernel takes a slot in the same way, from a range that no server comes to: were it to take the
first free one, a server that starts in that moment would get another slot than it had before, and
not find its own log again. Every server reads these journals, and so does every other kernel.
"""

from __future__ import annotations

import threading

from ..store.journal import JournalWriter
from ..store.layout import DataDirectory
from ..store.locks import FileLock

FIRST_SLOT = 900_000


class KernelSlot:
    """One process's slot, taken with the first fact and held while the process lives.

    Parameters
    ----------
    data
        The data directory.
    """

    def __init__(self, data: DataDirectory) -> None:
        self._data = data
        self._lock = threading.Lock()
        self._held: FileLock | None = None
        self._name = ""

    @property
    def name(self) -> str:
        """What the slot's journal is called, as an origin and as a writer: ``server-900000``."""
        with self._lock:
            if self._held is None:
                self._name, self._held = self._take()
            return self._name

    def journal(self) -> JournalWriter:
        """The slot's journal; whoever opens it closes it."""
        path = self._data.journal_of_server(self.name)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        return JournalWriter(path)

    def close(self) -> None:
        """Let go of the slot."""
        with self._lock:
            held, self._held = self._held, None
        if held is not None:
            held.release()

    def _take(self) -> tuple[str, FileLock]:
        slot = FIRST_SLOT
        while True:
            lock = FileLock(self._data.path / f"log-{slot}.lock")
            if lock.acquire():
                return f"server-{slot}", lock
            slot += 1
