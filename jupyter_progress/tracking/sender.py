"""Sends a run to a server elsewhere, in order and each event once, whatever becomes of the server.

One thread a run. What it sends stands in the run's own journals, so that the training waits for
nothing; what was not answered is sent again, and the server ignores what it has. While nothing
happens a request without an event says that the producer lives, and brings back what people ask.
"""

from __future__ import annotations

import logging
import random
import threading
import time
from collections.abc import Callable
from typing import Any

from ..client.rest import RestClient
from ..client.timing import Timing
from ..core.articles import with_article
from ..errors import Conflict, Denied, InvalidRequest, ProgressError, RunHasEnded, UnknownRun
from ..store.layout import RunDirectory, read_json_object
from ..store.locks import FileLock
from ..store.regular_files import regular_files
from .spool import Spool, Spooled

REMOTE_FILE = "remote.json"
LOOK_EVERY_S = 0.1
SIGN_OF_LIFE_S = 1.0
TIMEOUT_S = 10.0
BATCH_EVENTS = 500
BATCH_BYTES = 300_000  # well below what a server takes by default
RETRY = Timing(cap_unreachable_s=8.0)

log = logging.getLogger(__name__)


class Sender:
    """Sends one run.

    Parameters
    ----------
    directory
        The run's directory on this machine.
    announcement
        The body of ``POST runs``.
    key
        Its ``Idempotency-Key``: the same run, however often it is announced.
    client
        Asks the server, with its user's credentials as they are now.
    events
        Asks the same server, with the run's token alone.
    on_asked
        Called with ``(action, who)`` when people ask something of the run.
    on_sent
        Called once everything was sent and the run is at its end.
    """

    def __init__(
        self,
        directory: RunDirectory,
        announcement: dict[str, Any],
        key: str,
        client: Callable[[], RestClient],
        events: RestClient,
        *,
        on_asked: Callable[[str, str], None],
        on_sent: Callable[[], None],
    ) -> None:
        self.run_id = ""
        self.error: ProgressError | None = None
        self.is_refused = False
        self.name = str(announcement.get("name"))
        self._directory = directory
        self._announcement = announcement
        self._key = key
        self._client = client
        self._events = events
        self._on_asked = on_asked
        self._on_sent = on_sent
        self._token: str | None = None
        self._spools: dict[str, Spool] = {}
        self._limit = BATCH_EVENTS
        self._rewound: set[tuple[str, int]] = set()
        self._told = ""
        self._spoke_at = 0.0
        self._silence_s = 60.0  # until the server tells its own
        self._finishing = threading.Event()
        self._shown = threading.Event()
        self._done = threading.Event()
        self._wake = threading.Event()
        self._lock = FileLock(directory.path / "sender.lock")
        self._thread = threading.Thread(
            target=self._run, name="jupyter-progress-sender", daemon=True
        )

    def start(self) -> bool:
        """Begin; False where another process sends this run."""
        if not self._lock.acquire():
            return False
        self._thread.start()
        return True

    def wait_shown(self, timeout_s: float) -> bool:
        """Wait until the server has what was told first: the run has begun there too."""
        return self._shown.wait(timeout_s)

    def finish(self) -> None:
        """There will be no more; send what there is, and end."""
        self._finishing.set()
        self._wake.set()

    @property
    def is_finishing(self) -> bool:
        """Whether there will be no more."""
        return self._finishing.is_set()

    @property
    def is_sent(self) -> bool:
        """Whether the server has everything of a run that is at its end."""
        return self._done.is_set() and not self.is_refused

    def wait_sent(self, timeout_s: float | None) -> bool:
        """Wait until everything is sent; False where it is not by then."""
        return self._done.wait(timeout_s) and not self.is_refused

    @property
    def waiting(self) -> int:
        """How many events the server does not have yet."""
        self._find_spools()
        return sum(spool.count_waiting() for spool in list(self._spools.values()))

    def _run(self) -> None:
        failures = 0
        try:
            while not self._done.is_set():
                wait_s = self._attempt(failures)
                failures = failures + 1 if self.error is not None else 0
                self._wake.wait(wait_s)
                self._wake.clear()
        finally:
            self._lock.release()

    def _attempt(self, failures: int) -> float:
        """One round; answers how long to wait for the next."""
        try:
            self._round()
        except (RunHasEnded, UnknownRun) as error:
            self._give_up(error)
        except ProgressError as error:
            if isinstance(error, Denied):
                self._token = None  # announced again, it is answered with another one
            self._tell(error)
            self.error = error
            return self._delay_s(failures)
        except Exception as error:
            # A spool that cannot be read now may be in a moment; the training must not notice.
            log.exception("the run %s could not be sent for now", self._directory.run_id)
            self.error = ProgressError(str(error))
            return self._delay_s(failures)
        else:
            self.error, self._told = None, ""
        return LOOK_EVERY_S

    def _delay_s(self, failures: int) -> float:
        # A server that is back has to hear of the run before that counts as silent.
        delay_s = RETRY.delay_s(failures, random.random(), is_reachable=False)  # noqa: S311
        return min(delay_s, self._silence_s / 4)

    def _round(self) -> None:
        if self._token is None:
            self._announce()
        finishing = self._finishing.is_set()
        self._find_spools()
        for spool in self._in_order():
            while batch := spool.next_events(self._limit, BATCH_BYTES):
                self._send(spool, batch)
        self._shown.set()
        if finishing:
            self._on_sent()
            self._done.set()
        elif time.monotonic() - self._spoke_at >= min(SIGN_OF_LIFE_S, self._silence_s / 4):
            self._post(self._in_order()[-1].writer if self._spools else "a", [])

    def _announce(self) -> None:
        client = self._client()
        if self.run_id:
            # Its token holds no more. A run that somebody has deleted is not made again.
            client.get(f"runs/{self.run_id}", timeout_s=TIMEOUT_S)
        told = client.post("runs", self._announcement, self._key, timeout_s=TIMEOUT_S)
        self.run_id, self._token = str(told["run_id"]), str(told["token"])
        self._silence_s = float(told.get("silence_s") or self._silence_s)

    def _find_spools(self) -> None:
        """The run's journals: its own process's, and those of processes that it forked."""
        paths = sorted(regular_files(self._directory.journals, ".jsonl"))
        own = next((p.stem.partition("-")[2] for p in paths if p.stem.startswith("kernel-")), "a")
        for path in paths:
            kind, _, rest = path.stem.partition("-")
            writer = rest if kind == "kernel" else f"{own}{kind[0]}{rest}"
            self._spools.setdefault(path.stem, Spool(path, writer[:32]))

    def _in_order(self) -> list[Spool]:
        # What ends the run stands in its own process's journal: the others go first.
        names = sorted(self._spools, key=lambda name: (name.startswith("kernel-"), name))
        return [self._spools[name] for name in names]

    def _send(self, spool: Spool, batch: list[Spooled]) -> None:
        try:
            kept = self._post(spool.writer, [event.encoded for event in batch])
        except RunHasEnded:
            raise
        except Conflict:
            self._rewind(spool)
        except InvalidRequest as error:
            if len(batch) > 1:
                self._limit = len(batch) // 2
            else:
                log.warning("the server does not take %s: %s", with_article(batch[0].type), error)
                spool.replace_first(
                    f"{with_article(batch[0].type)} could not be sent: {error}"[:2000]
                )
        else:
            spool.keep(kept)
            self._limit = min(BATCH_EVENTS, self._limit * 2)

    def _rewind(self, spool: Spool) -> None:
        """The server has less than was thought: ask how much, and go on from there."""
        spool.rewind(0)
        first = spool.next_events(1, BATCH_BYTES)
        kept = self._post(spool.writer, [event.encoded for event in first])
        if (spool.writer, kept) in self._rewound:
            raise Conflict(f"the server has kept {kept} events, and takes none after them")
        self._rewound.add((spool.writer, kept))
        spool.rewind(kept)

    def _post(self, writer: str, events: list[Any]) -> int:
        body = {"writer": writer, "events": events}
        where = f"runs/{self.run_id}/events"
        answer = self._events.post(where, body, timeout_s=TIMEOUT_S, bearer=self._token)
        self._spoke_at = time.monotonic()
        if answer.get("asked"):
            self._on_asked(str(answer["asked"]), str(answer.get("asked_by") or ""))
        return int(answer["sequence"])

    def _give_up(self, error: ProgressError) -> None:
        """The server has ended the run, or forgotten it: it takes no more."""
        self.error, self.is_refused = error, True
        if self._is_cancelled():
            self._on_asked("cancel", "")
        log.warning("%s; what the server does not have stays in %s", error, self._directory.path)
        path = self._directory.path / REMOTE_FILE
        known = read_json_object(path)
        if known is not None:
            # The next process need not try again.
            self._directory.write_json(path, {**known, "refused": str(error)})
        self._done.set()

    def _is_cancelled(self) -> bool:
        try:
            state = self._client().get(f"runs/{self.run_id}", timeout_s=TIMEOUT_S)
        except ProgressError as error:
            log.debug("the state of run %s is not known: %s", self.run_id, error)
            return False
        return bool(state.get("status") == "cancelled")

    def _tell(self, error: ProgressError) -> None:
        """Say once what is in the way; it is tried again all the same."""
        if self._told != error.reason:
            self._told = error.reason
            log.warning("the run is spooled in %s for now: %s", self._directory.path, error)
