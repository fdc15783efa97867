"""Runs that train elsewhere: announced here, their events taken in, their silence noticed.

What a producer posts is journalled in the run's directory as writer ``remote-<id>`` before it is
answered, and comes from there into the log as everything else does. All of this waits for the disk:
it belongs in a thread.
"""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Literal

import msgspec

from ..core.activity import activity_id
from ..core.answers import KeptAnswer
from ..core.bodies import no_collection
from ..core.events import DURABLE, LAST_EVENTS, JournalLine
from ..core.external import EventsRequest, ExternalRequest, SentEvent, Stage
from ..core.external_checks import planned
from ..core.state import RunState
from ..core.times import to_iso
from ..core.transitions import has_ended
from ..errors import Conflict, RunDirectoryBroken, RunHasEnded, Unavailable, UnknownRun
from ..store.control import ControlReader, append_control
from ..store.foreign_journal import append_lines, last_kept, one_at_a_time
from ..store.indexer import Indexer
from ..store.journal import JournalWriter, refuse_unwritten, tell
from ..store.journal_reader import read_journal
from ..store.layout import DataDirectory, RunDirectory
from ..store.regular_files import regular_files
from ..training.plain_journal import last_sequences
from .facts import Facts, Place
from .idempotency import Reserved
from .run_tokens import new_token
from .silence import Silence, write_exit

WRITERS_LIMIT = 100
LOGGED_WITHIN_S = 2.0  # then the answer goes without waiting: what it says is on disk
THREADS = 4
RESUMED = "resumed"  # among what was asked: what stands before it is done with

_BEGUN_FIRST = frozenset(
    {"stage_started", "stage_completed", "candidate_completed", "training_completed"}
)


class ExternalRuns:
    """The runs of one server's data directory that train elsewhere.

    Parameters
    ----------
    silence_s
        After so long without a word of its producer a run has failed.
    """

    def __init__(
        self, data: DataDirectory, indexer: Indexer, facts: Facts, *, silence_s: float
    ) -> None:
        self.silence_s = silence_s
        self._data = data
        self._indexer = indexer
        self._facts = facts
        # Apart, so that no stop or prediction waits for producers.
        self.threads = ThreadPoolExecutor(THREADS, thread_name_prefix="progress-events")
        self._silence = Silence(data, facts, silence_s)

    def notice(self, active: Iterable[RunState]) -> None:
        """Learn which runs are going on now; from any thread."""
        self._silence.notice(active)

    def start(self) -> None:
        """Begin to listen for producers."""
        self._silence.start()

    def stop(self) -> None:
        """Take nothing more in, and notice no silence."""
        self._silence.stop()
        self.threads.shutdown(wait=False, cancel_futures=True)

    def announce(self, request: ExternalRequest, reserved: Reserved, who: str) -> tuple[str, Place]:
        """Make a run, unless it is there; answers a token for it, and the fact that it is queued.

        To be called while nothing else is made or deleted.
        """
        run_id = reserved.run_id
        spec = msgspec.to_builtins(request)
        if not (self._data.runs / run_id).is_dir():
            request_facts = {
                "run_id": run_id,
                "name": request.name,
                "kind": "external",
                "who": who,
                "time": to_iso(reserved.time),
                "tags": request.tags,
                "request": spec,
                "executor": {},
                "limits": {},
                "queued_by": {"writer": self._facts.writer, "sequence": 1},
            }
            self._data.create_run(run_id, request_facts)
        directory = self._data.run(run_id)
        with one_at_a_time(directory):
            if not regular_files(directory.journals, ".jsonl"):
                self._tell_queued(directory, request, spec, who)
            token = new_token(directory)
        taker = str((directory.request().get("queued_by") or {}).get("writer"))
        return token, Place(run_id, taker, 1)

    def _tell_queued(
        self, directory: RunDirectory, request: ExternalRequest, spec: dict[str, Any], who: str
    ) -> None:
        queued = {
            "name": request.name,
            "spec": spec,
            "who": who,
            "kind": "external",
            "tags": request.tags,
        }
        journal = JournalWriter(directory.journal(self._facts.writer))
        try:
            tell(journal, directory.run_id, "training_queued", queued, request.name, who)
            refuse_unwritten(journal, 1)
        finally:
            journal.close()

    def take(self, run_id: str, request: EventsRequest) -> KeptAnswer:
        """Keep what a producer sends.

        Parameters
        ----------
        request
            From ``check_events``.

        Returns
        -------
        KeptAnswer
            The last sequence that is kept of this writer, and what the producer is asked to do.

        Raises
        ------
        Conflict
            Events before these are missing, or the run does not train elsewhere.
        RunHasEnded
        UnknownRun
        """
        writer, events = request.writer, request.events
        directory = self._data.run(run_id)
        try:
            return self._take(directory, writer, events)
        except (FileNotFoundError, RunDirectoryBroken, Conflict):
            if directory.path.is_dir():
                raise
            # Deleted in between: whatever was kept of it went with it.
            raise UnknownRun(run_id) from None

    def _take(self, directory: RunDirectory, writer: str, events: list[SentEvent]) -> KeptAnswer:
        run_id = directory.run_id
        announced = directory.request()
        if announced.get("kind") != "external":
            raise Conflict(f"the run {run_id} trains here; only its own worker tells its events")
        with one_at_a_time(directory):
            path = directory.journal(writer)
            # Reading a last line of many points, which are gone again at once.
            with no_collection():
                kept = last_kept(path)
            fresh = _fresh(events, kept)
            # What is only repeated was taken before, whatever has become of the run since.
            if fresh or not events:
                self._check_may(directory, path, fresh, kept)
            if fresh:
                lines = [_line(directory, writer, event, announced) for event in fresh]
                self._keep(directory, path, lines)
                kept = fresh[-1].sequence
            self._silence.hear(directory)
        if any(event.type in DURABLE for event in fresh):
            self._indexer.logged(run_id, writer, kept, LOGGED_WITHIN_S)
        elif fresh:
            self._indexer.wake(run_id)
        action, who = asked_of(directory)
        return KeptAnswer(sequence=kept, asked=action, asked_by=who)

    def _keep(self, directory: RunDirectory, path: Path, lines: list[JournalLine]) -> None:
        if not path.exists() and len(list(path.parent.glob("remote-*"))) >= WRITERS_LIMIT:
            raise Conflict(f"the run has {WRITERS_LIMIT} writers already; go on with one of them")
        ends = [line.type for line in lines if line.type in (*LAST_EVENTS, "training_resumed")]
        try:
            # The file says that the run has ended, to every server and at once: taken away before
            # a run goes on, so that a crash in between refuses nothing that was kept.
            if "training_resumed" in ends:
                directory.exit_file.unlink(missing_ok=True)
                append_control(directory, self._facts.writer, RESUMED, "")
            append_lines(path, lines)
            if ends and ends[-1] in LAST_EVENTS:
                write_exit(directory)
        except FileNotFoundError:
            raise
        except OSError as error:
            raise Unavailable(f"the events cannot be kept: {error.strerror}; ask again") from error

    def _check_may(
        self, directory: RunDirectory, path: Path, fresh: list[SentEvent], kept: int
    ) -> None:
        """Raise where the run's status does not allow what is sent."""
        state = self._indexer.live_state(directory.run_id)
        if state is None:
            raise Unavailable(f"the run {directory.run_id} is not in the log yet; ask again")
        is_over = has_ended(state.status) or directory.exit_file.exists()
        just_ended = is_over and _last_type(path) in LAST_EVENTS
        is_resumable = state.status in ("failed", "interrupted")
        has_begun = kept > 0 or state.status != "queued"
        if is_over and not fresh:
            raise RunHasEnded(_ended_words(state))
        for event in fresh:
            if is_over and event.type == "training_resumed" and is_resumable:
                is_over = False
            elif is_over and not (just_ended and event.type == "activity_update"):
                raise RunHasEnded(_ended_words(state))
            if event.type in _BEGUN_FIRST and not has_begun:
                raise Conflict(
                    f"the run {directory.run_id} has not begun; send training_started first"
                )
            just_ended = event.type in LAST_EVENTS
            if just_ended:
                is_over = True
                is_resumable = event.type in ("training_failed", "training_interrupted")
            has_begun = has_begun or event.type in ("training_started", "training_resumed")


def asked_of(directory: RunDirectory) -> tuple[Literal["stop", "cancel"] | None, str]:
    """What people have asked of a run, and who: a cancel outweighs a stop."""
    asked: dict[str, str] = {}
    for control in ControlReader(directory).poll():
        if control.action == RESUMED:
            asked.clear()
        asked[control.action] = control.who
    if "cancel" in asked:
        return "cancel", asked["cancel"]
    if "stop" in asked:
        return "stop", asked["stop"]
    return None, ""


def _fresh(events: list[SentEvent], kept: int) -> list[SentEvent]:
    """What is not kept yet, in order.

    Raises
    ------
    Conflict
        There is a gap.
    """
    fresh: list[SentEvent] = []
    for event in events:
        expected = kept + len(fresh) + 1
        if event.sequence < expected:
            continue
        if event.sequence > expected:
            raise Conflict(
                f"events are missing: the next sequence is {expected}, and {event.sequence} came; "
                "nothing of this request was kept"
            )
        fresh.append(event)
    return fresh


def _line(
    directory: RunDirectory, writer: str, event: SentEvent, announced: dict[str, Any]
) -> JournalLine:
    facts = event.data
    follows: dict[str, int] = {}
    if event.type in ("training_started", "training_resumed"):
        stages = [Stage(id=name) for name in announced["request"].get("stages") or []]
        facts = {"name": announced["name"], "stages": planned(stages), **facts}
    elif event.type == "activity_update":
        facts = {"id": activity_id(directory.run_id, writer, event.sequence), **facts}
    begins = event.sequence == 1 or event.type in ("training_started", "training_resumed")
    if begins or event.type in LAST_EVENTS:
        # The clocks of two machines differ: what the run's other writers have said comes first.
        follows = last_sequences(directory.journals, but=writer)
    return JournalLine(
        sequence=event.sequence, type=event.type, time=event.time, data=facts, follows=follows
    )


def _last_type(path: Path) -> str | None:
    """The type of a journal's last line."""
    try:
        size = path.stat().st_size
    except FileNotFoundError:
        return None
    length = 1 << 16
    while True:
        start = max(0, size - length)
        lines = read_journal(path, start, size - start).lines
        if lines or start == 0:
            return lines[-1].type if lines else None
        length *= 4


def _ended_words(state: RunState) -> str:
    reason = (state.error or {}).get("reason")
    how = f"{state.status}, {reason}" if reason else state.status
    return f"the run {state.run_id} has ended ({how}); nothing more of it is kept"
