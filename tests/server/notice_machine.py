"""A data directory with servers that tell ``notify_url`` of its runs, without their loops."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from jupyter_progress.server.notice_address import read_address
from jupyter_progress.server.notice_sender import NoticeSender
from jupyter_progress.store.indexer import Indexer
from jupyter_progress.store.journal import JournalWriter, tell
from jupyter_progress.store.layout import DataDirectory
from jupyter_progress.store.log import Log
from jupyter_progress.store.telling import Committed

from ..jupyter_process import SCALE

ERROR = {"type": "KeyError", "message": "no column 'age'", "reason": "fit_failed"}
STALL = {"stage": "train", "quiet_s": 90.0, "likely_s": 60.0, "uses_cpu": False}
ENDED: tuple[str, dict[str, Any]] = (
    "training_completed",
    {"result": {"test": {"accuracy": 0.9}, "classes": [0, 1]}, "elapsed_time": 3.0},
)
FAILED: tuple[str, dict[str, Any]] = ("training_failed", {"error": ERROR, "elapsed_time": 2.0})


class Machine:
    """One data directory, runs that write their journals there, and servers that read them."""

    def __init__(self, folder: Path, url: str) -> None:
        self.data = DataDirectory(folder).ensure()
        self.url = url
        self._runs = 0
        self._journals: dict[str, JournalWriter] = {}
        self._servers: list[tuple[Indexer, NoticeSender, Log]] = []

    def serve(self, *, is_full: bool = False) -> NoticeSender:
        """What a server has to read journals and to tell of them, without its loop.

        Parameters
        ----------
        is_full
            Whether its log holds all that there is by now when it starts to tell.
        """
        slot = len(self._servers)
        log = Log.open(":memory:", now=time.time())
        senders: list[NoticeSender] = []

        def committed(changed: Committed) -> None:
            if senders:
                senders[0].committed(changed.states.values())

        indexer = Indexer(
            self.data,
            log,
            on_commit=committed,
            own_server=slot,
            poll_s=0.01,
        )
        sender = NoticeSender(
            self.data,
            read_address(self.url),
            reader=indexer.reader,
            is_live=lambda: indexer.caught_up(0.0),
            log=logging.getLogger("tests.notices"),
        )
        if is_full:
            indexer.start()
            assert indexer.caught_up(10 * SCALE)
            senders.append(sender)
        else:
            senders.append(sender)
            indexer.start()
        sender.start()
        assert indexer.caught_up(10 * SCALE)
        self._servers.append((indexer, sender, log))
        return sender

    def begin(self, name: str = "digits") -> str:
        self._runs += 1
        run_id = f"20261122-100000-{self._runs:08x}"
        directory = self.data.create_run(run_id, {"run_id": run_id, "name": name, "kind": "own"})
        self._journals[run_id] = JournalWriter(directory.journal("worker-1"))
        self.tell(run_id, "training_started", name=name)
        return run_id

    def tell(self, run_id: str, kind: str, **data: Any) -> None:
        journal = self._journals[run_id]
        tell(journal, run_id, kind, data, "digits")
        journal.flush()

    def end(self, run_id: str, last: tuple[str, dict[str, Any]] = ENDED) -> str:
        self.tell(run_id, last[0], **last[1])
        return run_id

    def record(self, run_id: str) -> dict[str, Any]:
        """What the run's directory says to be told, once it says something."""
        file = self.data.run(run_id).notices_file
        deadline = time.monotonic() + 10 * SCALE
        while not file.exists():
            assert time.monotonic() < deadline
            time.sleep(0.02)
        found: dict[str, Any] = json.loads(file.read_text())
        return found

    def close(self) -> None:
        for indexer, sender, log in self._servers:
            sender.stop()
            indexer.stop()
            log.close()
        self._servers.clear()


def settle(holds: Callable[[], bool] = lambda: False, for_s: float = 0.4) -> None:
    """Give what must not happen the time to happen."""
    deadline = time.monotonic() + for_s
    while time.monotonic() < deadline and not holds():
        time.sleep(0.02)
