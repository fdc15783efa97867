"""From the journals to the log: reads what is new, commits it in order, then says so.

One thread does it all. A round reads the journals, merges their lines, works out a batch, writes it
in one transaction together with how far each journal is taken in, and calls ``on_commit``. So an
event is logged exactly once, wherever the process is killed: before the transaction nothing has
happened, after it the next one begins behind it.
"""

from __future__ import annotations

import collections
import logging
import sqlite3
import threading
import time
from collections.abc import Callable, Iterable

from ..core.events import JournalLine
from ..core.state import RunState
from ..core.transitions import has_ended
from .assembly import Assembly
from .batch import Batch
from .doubt import Doubt, NothingHolds, is_about_lines
from .journal_file import JournalFile
from .layout import DataDirectory
from .log import Log
from .ordering import FOLLOWS_PATIENCE_S, Ordering
from .regular_files import kind_of
from .telling import Committed, Telling
from .vanished import VanishedRuns
from .watch import Origin, Watch

logger = logging.getLogger(__name__)

POLL_S = 0.025
IDLE_POLL_S = 0.2
RETRY_S = 1.0
BATCH_EVENTS = 2000
BATCH_LINES = 50_000
ROUND_BYTES = 8 << 20  # read in one round; a rebuild of everything takes many
PROBLEMS_KEPT = 200
TOLD_KEPT = 10_000  # problems that are not told again
RENEW_EVERY_S = 60.0  # a disk that damages what is written is not written to without end


class Indexer:
    """Keeps a log current with the journals of a data directory.

    Parameters
    ----------
    data_directory
        Whose journals.
    log
        What to write to; nobody else does.
    on_commit
        Called after each transaction, in the indexer's thread.
    on_renewed
        Called in the indexer's thread when a damaged log has been set aside and a new one begun:
        all that is committed from then on is told with offsets of that one.
    run_ids
        The only runs to index; None for all.
    own_server
        Whose health is logged (``server-0``, or the slot); that of other servers is not.
    poll_s
        How often runs in progress are looked at.
    follows_patience_s
        How long a line waits for what it follows before it goes on without.

    Attributes
    ----------
    reader
        Reads the log, from any thread.
    problems
        The newest lines that could not be taken in, in words.
    trouble
        Why nothing can be logged just now; None where it can.
    """

    def __init__(
        self,
        data_directory: DataDirectory,
        log: Log,
        *,
        on_commit: Callable[[Committed], object],
        on_renewed: Callable[[], object] = lambda: None,
        run_ids: Iterable[str] | None = None,
        own_server: str | int | None = None,
        poll_s: float = POLL_S,
        follows_patience_s: float = FOLLOWS_PATIENCE_S,
    ) -> None:
        self._log = log
        self._on_commit = on_commit
        self._on_renewed = on_renewed
        self._own_server = f"server-{own_server}" if isinstance(own_server, int) else own_server
        self._poll_s = poll_s
        self.reader = log.reader()
        self.problems: collections.deque[str] = collections.deque(maxlen=PROBLEMS_KEPT)
        self._told: set[str] = set()
        self.trouble: Exception | None = None
        self._only = None if run_ids is None else frozenset(run_ids)
        self._data_directory = data_directory
        self._follows_patience_s = follows_patience_s
        self._renewed_at: float | None = None
        self._take_up_log()
        self._wake_all = False
        self._woken = threading.Event()
        self._stopping = threading.Event()
        self._caught_up = threading.Event()
        self._progress = threading.Condition()
        self._thread: threading.Thread | None = None

    def _take_up_log(self) -> None:
        """Begin where the log stands: when it was opened, and when it was made anew."""
        log = self._log
        self._logged = log.cursors()
        self._forgotten = log.forgotten()
        self._states: dict[str, RunState] = {}  # of runs in progress
        statuses = log.statuses()
        ended = [run_id for run_id, status in statuses.items() if has_ended(status)]
        self._watch = Watch(
            self._data_directory,
            self._logged,
            ended=ended,
            forgotten=self._forgotten,
            run_ids=self._only,
        )
        own = (run_id for run_id in statuses if self._only is None or run_id in self._only)
        self._vanished = VanishedRuns(self._watch, own)
        self._ordering = Ordering(self._follows_patience_s)
        self._telling = Telling(self._on_commit, log, self.live_state)
        self._is_first_round = True
        self._is_astray = False  # in or after a round that did not come to its end
        self._doubt = Doubt()

    def _renew(self) -> None:
        """Set the damaged log aside and make it again from the journals."""
        now = time.monotonic()
        if self._renewed_at is not None and now - self._renewed_at < RENEW_EVERY_S:
            raise sqlite3.DatabaseError(f"the log is damaged again: {self._log.damage}")
        self._log.renew(time.time())
        self._renewed_at = now
        self.reader.turn_to_new_file()
        self._caught_up.clear()
        with self._progress:
            self._take_up_log()
        self._on_renewed()

    def start(self) -> None:
        """Begin to index, in a thread."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._index_forever, name="indexer", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """End the thread after the round that it is in. The log stays open."""
        self._stopping.set()
        self._woken.set()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join()
        self.reader.close()

    def wake(self, origin: str | None = None) -> None:
        """Look at once: at a run or a server, or at all that is likely to have changed."""
        if origin is None:
            self._wake_all = True
        else:
            self._watch.look_at(origin)
        self._woken.set()

    def caught_up(self, timeout_s: float) -> bool:
        """Wait until all that was there at the start is logged; False where that takes longer."""
        return self._caught_up.wait(timeout_s)

    def logged(self, origin: str, writer: str, sequence: int, timeout_s: float) -> bool:
        """Wait until a line of a journal is in the log.

        Returns
        -------
        bool
            False where it was not within ``timeout_s``.
        """
        deadline = time.monotonic() + timeout_s
        with self._progress:
            while True:
                cursor = self._logged.get((origin, writer))
                if cursor is not None and cursor.sequence >= sequence:
                    return True
                left = deadline - time.monotonic()
                if left <= 0:
                    return False
                self.wake(origin)
                self._progress.wait(min(left, self._poll_s))

    def known_sequence(self, origin: str, writer: str) -> int:
        """The last line of a journal that is in the log; 0 where there is none."""
        cursor = self._logged.get((origin, writer))
        return 0 if cursor is None else cursor.sequence

    def live_state(self, run_id: str) -> RunState | None:
        """A run's state with the newest reports of progress; None for an unknown run."""
        known = self._states.get(run_id)
        return known if known is not None else self.reader.run(run_id)

    def is_forgotten(self, run_id: str) -> bool:
        """Whether a run was there and is deleted."""
        return run_id in self._forgotten

    def index_once(self) -> bool:
        """One round: read, commit, tell.

        Returns
        -------
        bool
            Whether there is more to take in at once.
        """
        if self._is_astray:
            self._rewind()
        self._is_astray = True
        everything = self._is_first_round
        wake_all, self._wake_all = self._wake_all, False
        if wake_all:
            self._watch.look_at_likely()
        origins = self._watch.due(everything=everything)
        has_more = self._read(origins)
        taken, was_cut = self._assemble(list(filter(self._telling.is_due, origins)))
        if self._vanished and not (has_more or was_cut):
            self._vanished.take_into(taken)
        if not taken.batch.is_empty and not self._commit(taken):
            return True
        self._telling.tell_due()
        self._watch.settle()
        self._is_astray = False
        self._is_first_round = everything and (has_more or was_cut)
        return has_more or was_cut

    def _read(self, origins: list[Origin]) -> bool:
        """Read ahead, up to a bound; returns whether the bound was met."""
        left = ROUND_BYTES
        for origin in origins:
            self._find_journals(origin)
            for journal in list(origin.journals.values()):
                if left <= 0:
                    return True
                left -= self._read_journal(journal)
        self._complain(
            f"{run_id}: its directory has gone while it went on"
            for run_id in self._vanished.notice()
            if run_id in self._states
        )
        return False

    def _find_journals(self, origin: Origin) -> None:
        try:
            others = self._watch.find_journals(origin)
        except OSError as error:  # a file in the folder's place, or one that may not be looked into
            self._complain([f"{origin.folder} cannot be looked into: {error.strerror}"])
            return
        self._complain(f"{path} is no journal but {kind_of(path)}" for path in others)

    def _read_journal(self, journal: JournalFile) -> int:
        now = time.monotonic()
        if now < journal.retry_at:
            return 0
        try:
            count, damaged = journal.read()
        except FileNotFoundError:
            return 0  # the run is being deleted; the folder's absence tells
        except Exception as error:
            # Whatever is wrong with one file, all others are read on.
            journal.retry_at = now + RETRY_S
            self._complain([f"{journal.path} cannot be read: {error!r}"])
            return 0
        self._complain(damaged)
        return count

    def _assemble(self, origins: list[Origin]) -> tuple[Assembly, bool]:
        """Work out the next batch; says also whether it was cut because of its size."""
        taken = Assembly(Batch(self._log.head), self.live_state, self._forgotten, self._own_server)
        now = time.monotonic()
        was_cut = False
        in_order = self._ordering.in_order(origins, now, self._read_journal)
        limit = self._doubt.limit or BATCH_LINES
        for lines, (origin, journal, line) in enumerate(in_order, start=1):
            if origin.is_run or self._only is None or line.run_id in self._only:
                self._take(taken, origin, journal.writer, line)
            self._telling.took(origin.name)
            if len(taken.batch.events) >= BATCH_EVENTS or lines >= limit:
                was_cut = True
                break
        for origin in origins:
            for journal in origin.journals.values():
                if journal.is_ahead:
                    taken.batch.cursors[journal.origin, journal.writer] = journal.cursor()
        return taken, was_cut

    def _take(self, taken: Assembly, origin: Origin, writer: str, line: JournalLine) -> None:
        if self._doubt.is_refused((origin.name, writer, line.sequence)):
            return
        try:
            taken.add(origin.name, origin.is_run, writer, line)
        except Exception as error:
            # A line that nobody foresaw must not end the indexing of all others.
            logger.exception("%s/%s, sequence %d", origin.name, writer, line.sequence)
            taken.refuse(origin.name, writer, line, repr(error))

    def _commit(self, taken: Assembly) -> bool:
        """Write a batch and tell of it; False where one of its lines cannot be written."""
        batch = taken.batch
        try:
            self._telling.expect(taken)
            self._log.commit(batch)
        except Exception as error:
            if not is_about_lines(error):
                raise
            self._suspect(taken, error)
            return False
        self._doubt.succeeded()
        self._complain(taken.problems)
        for run_id, state in batch.states.items():
            self._keep(run_id, state)
        for run_id in batch.forgotten:
            self._forget(run_id, for_good=run_id not in batch.vanished)
        # While old journals are caught up with there is nobody whose view is live.
        self._telling.tell(taken, to_live_views=self._caught_up.is_set())
        with self._progress:
            self._logged.update(batch.cursors)
            self._progress.notify_all()
        return True

    def _suspect(self, taken: Assembly, error: Exception) -> None:
        """A batch was refused for what is in it: find the line, or give up for now."""
        try:
            refused = self._doubt.failed(taken.lines, taken.last)
        except NothingHolds:
            raise error from None
        if refused is not None:
            origin, writer, sequence = refused
            place = f"{origin}/{writer}, sequence {sequence}"
            self._complain([f"{place}: a line that the log cannot hold: {error!r}"])

    def _keep(self, run_id: str, state: RunState) -> None:
        is_over = has_ended(state.status)
        self._watch.note_status(run_id, is_over)
        if is_over:
            self._states.pop(run_id, None)
            self._telling.ended(run_id)
        else:
            self._states[run_id] = state

    def _forget(self, run_id: str, *, for_good: bool) -> None:
        self._states.pop(run_id, None)
        self._telling.forget(run_id)
        self._vanished.forget(run_id)
        if for_good:
            self._forgotten.add(run_id)
            self._watch.forget(run_id)
            return
        with self._progress:
            for origin, writer in [known for known in self._logged if known[0] == run_id]:
                del self._logged[origin, writer]

    def _rewind(self) -> None:
        """What was taken was not written: read it again."""
        self._logged = self._log.cursors()
        self._watch.rewind(self._logged)
        self._states.clear()
        self._telling.forget_all()

    def _complain(self, problems: Iterable[str]) -> None:
        for problem in problems:
            if problem in self._told:
                continue  # it is still so, or was read again
            if len(self._told) >= TOLD_KEPT:
                self._told.clear()
            self._told.add(problem)
            logger.warning("passed over: %s", problem)
            self.problems.append(problem)

    def _index_forever(self) -> None:
        while not self._stopping.is_set():
            self._woken.clear()
            wait_s = RETRY_S
            try:
                if self._log.damage is not None:
                    self._renew()
                has_more = self.index_once()
                self.trouble = None
                if has_more:
                    continue
                self._caught_up.set()
                wait_s = self._poll_s if self._watch.is_busy else IDLE_POLL_S
            except (OSError, sqlite3.Error) as error:
                self._log.note(error)
                if self.trouble is None:
                    logger.warning("the log cannot be written (%s); it is tried again", error)
                self.trouble = error
            except Exception as error:
                # Nobody would be told anything any more if this thread ended.
                if self.trouble is None:
                    logger.exception("the journals cannot be logged; it is tried again")
                self.trouble = error
            self._woken.wait(wait_s)
