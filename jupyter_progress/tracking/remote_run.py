"""A run of this process that is watched on a server elsewhere: a run of one's own, and a sender."""

from __future__ import annotations

import logging
import secrets
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import msgspec

from ..core.state import RunState
from ..errors import Conflict
from ..store.control import append_control
from .display import Display, TerminalLine
from .history import Series
from .own_stalls import OwnStalls
from .record import Record
from .run import Run
from .sender import REMOTE_FILE

if TYPE_CHECKING:
    from .connection import Connection
    from .sender import Sender

SHOWN_WITHIN_S = 2.0  # so long a run's start waits for the server; then it goes on without

log = logging.getLogger(__name__)


class RemoteRun(Run):
    """As :class:`~jupyter_progress.tracking.run.Run`, and shown by the server of a connection.

    It is kept in the connection's spool, on this machine, until the server has all of it. Made by
    ``jp.connect(…).run(…)``.
    """

    def __init__(
        self,
        connection: Connection,
        name: str,
        *,
        stages: Iterable[str],
        tags: Iterable[str],
        display: bool,
        flush_s: float | None,
    ) -> None:
        super().__init__(
            name, stages=stages, tags=tags, display=display, data_dir=connection.spool_dir
        )
        self._connection = connection
        self._flush_s = flush_s
        self._sender: Sender | None = None
        self._heard = ""

    @property
    def run_id(self) -> str:
        """The run's id on the server; empty until the server knows of it."""
        return self._sender.run_id if self._sender else ""

    @property
    def state(self) -> RunState:
        """All that is known of the run now, in this process."""
        return msgspec.structs.replace(super().state, run_id=self.run_id, kind="external")

    @property
    def spooled(self) -> int:
        """How many of its events the server does not have yet."""
        return self._sender.waiting if self._sender else 0

    @property
    def checkpoint_dir(self) -> Path:
        """None of its own: what is spooled on this machine goes once the server has it.

        Raises
        ------
        Conflict
        """
        raise Conflict(
            f"{self.name!r} is kept on the server {self._connection.url}, and no folder of this "
            "machine stays with it; keep checkpoints in a folder of your own"
        )

    def start(self) -> Self:
        """Begin. The server is waited for a moment, for the run's id; and not at all later."""
        super().start()
        record = self._record
        assert record is not None
        announcement = {
            "kind": "external",
            "name": self.name,
            "stages": [stage.id for stage in self._planned],
            "tags": self.tags,
        }
        facts = {
            "url": self._connection.url,
            "key": secrets.token_hex(16),
            "announcement": announcement,
        }
        record.directory.write_json(record.directory.path / REMOTE_FILE, facts)
        self._sender = self._connection.sender(
            record.directory, facts, on_asked=self._asked_elsewhere, on_sent=self._sent
        )
        self._sender.wait_shown(SHOWN_WITHIN_S)
        return self

    def _series(self) -> Series:
        if self._record is not None and not self._record.directory.path.exists():
            # All of it was sent, and what was spooled here is gone.
            answer = self._connection.rest.get(f"runs/{self.run_id}/metrics")
            return dict(answer["series"])
        return super()._series()

    def _new_display(self) -> Display | None:
        # A panel shows what this notebook's own server knows; this run is another one's.
        return TerminalLine() if sys.stderr is not None and sys.stderr.isatty() else None

    def _new_stalls(self, record: Record) -> OwnStalls | None:
        return None  # the server that it is sent to hears its silence

    def _asked_elsewhere(self, action: str, who: str) -> None:
        """By the sender's thread: hand on what people ask, once, as every run hears it."""
        record = self._record
        if action != self._heard and record is not None and self.is_active:
            self._heard = action
            append_control(record.directory, "remote", action, who)

    def _end(self, event_type: str, exit_code: int, **facts: Any) -> None:
        super()._end(event_type, exit_code, **facts)
        sender, record = self._sender, self._record
        if sender is None or record is None:
            return
        sender.finish()
        if sender.wait_sent(self._flush_s) or sender.is_refused:
            return
        log.warning(
            "%d events of %r are spooled in %s. They are sent while this process lives and the "
            "server answers, or by the next jp.connect(%r)",
            sender.waiting, self.name, record.directory.path, self._connection.url,
        )  # fmt: skip

    def _sent(self) -> None:
        record = self._record
        if record is not None and not self.is_active:
            record.directory.delete()
