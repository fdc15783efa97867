"""What a notebook asks where there is no server: carried out on disk, by this process.

The kernel starts the keeper, writes the journals and the control files, and has the serving process
for a child. A server that starts later shows all of it.
"""

from __future__ import annotations

import secrets
import sys
import threading
import time
from pathlib import Path
from typing import Any, BinaryIO

import msgspec

from ..core.activity import activity_id
from ..core.candidates import CandidateRow, leaderboard
from ..core.functions import FunctionRequest
from ..core.named_uploads import named_uploads
from ..core.requests import RunRequest
from ..core.run_query import RunQuery
from ..core.run_requests import KeptRequest, check_kept_request
from ..core.state import RunState
from ..core.times import to_iso
from ..core.transitions import has_ended, is_active
from ..core.view import View
from ..errors import NoModel, RunGoingOn, RunNotFinished, StoreError, UnknownModel, UnknownRun
from ..models.registry import Registry
from ..models.serving import ServingPool
from ..panel.feed import Feed, Feeds, FollowerLike, Listener
from ..store.journal import JournalWriter, tell
from ..store.layout import DataDirectory, RunDirectory, default_data_dir
from ..tracking import arguments
from ..tracking.local_follow import LocalFollower
from ..tracking.record import user_name
from ..training.attempts import is_to_start_here
from ..training.capacity import check_memory, copies_of, memory_room
from ..training.checking import Checker
from ..training.controls import ask_to_stop
from ..training.launch import default_concurrent_runs, start_keeper, threads_of_each
from ..training.peaks import likely_peak
from ..training.recover import needs_recovery, recover_run
from ..training.resume import ask_to_resume
from ..training.scratch import own_scratch
from ..training.skipping import ask_to_skip
from ..training.sources.mapped import Parcel
from ..training.submit import create_run
from ..training.uploads import Uploads
from ..training.workload import Workload
from .kernel_slot import KernelSlot
from .local_health import LocalHealth

CHUNK_BYTES = 1 << 20
KNOWN_WITHIN_S = 10.0
CAUGHT_UP_WITHIN_S = 30.0
ALL_POINTS = 1 << 40


class LocalBackend:
    """Works on one data directory.

    Parameters
    ----------
    data_dir
        By default that of this user.
    """

    def __init__(self, data_dir: Path | None = None) -> None:
        self.data = DataDirectory(data_dir or default_data_dir()).ensure()
        self.writer = f"kernel-{secrets.token_hex(4)}"
        self.who = user_name()
        self._lock = threading.RLock()
        self._registry = Registry(self.data.models, self.data.key())
        self._uploads = Uploads(self.data, scratch=own_scratch())
        self._slot = KernelSlot(self.data)
        self._health = LocalHealth(self.data)
        self._serving: ServingPool | None = None
        self._checker: Checker | None = None
        self._root = Path.cwd()
        self._places = default_concurrent_runs()
        feed = Feed(self._follower, is_kept=True)
        self.feeds = Feeds(feed, feed)

    def _follower(self, view: View, listener: Listener) -> FollowerLike:
        self._local = LocalFollower(
            self.data, view=view, on_messages=listener, on_tick=self._look_after
        )
        return self._local

    @property
    def follower(self) -> LocalFollower:
        """What reads the journals here, begun with the first use."""
        self.feeds.stream.listen(_nobody)()
        return self._local

    def _look_after(self) -> None:
        """Do what no server is there to do, about once a second."""
        self._recover()
        if self.feeds.stream.is_heard:
            sample = self._health.sample()
            if sample is not None:
                self._local.tell_health(sample)

    def _recover(self) -> None:
        """Give a last event to runs whose keeper was killed."""
        with self._local.lock:
            active = [
                run_id for run_id, run in self._local.view.runs.items() if is_active(run.status)
            ]
        for run_id in active:
            try:
                run = self.data.run(run_id)
                if needs_recovery(run) and recover_run(run):
                    self._local.wake()
            except UnknownRun:
                continue  # deleted in between

    # Starting

    def upload(self, stream: BinaryIO, format: str) -> str:
        """Hand over a file; answers its id."""
        with self._uploads.begin(format) as upload:
            while chunk := stream.read(CHUNK_BYTES):
                upload.write(chunk)
            return str(upload.finish()["id"])

    def check_fits(
        self, request: RunRequest, rows: int, rows_bytes: int, workload: Workload
    ) -> None:
        """Refuse rows of this kernel that a run here cannot have, before any is handed over."""
        if not request.start_anyway:
            copies = copies_of(request, is_mapped=True)
            learned = likely_peak(self.data.timings, workload)
            check_memory(rows_bytes, copies, memory_room(), "X", learned)

    def hand_over(self, parcel: Parcel) -> str:
        """Hand over what lies in the memory; answers its id."""
        return self._uploads.hand_over(parcel)

    def submit(self, request: KeptRequest) -> RunState:
        """Queue a run; its keeper waits for its turn and starts it."""
        check_kept_request(request)
        for upload_id in named_uploads(msgspec.to_builtins(request)).values():
            self._uploads.path(upload_id)
        if _needs_checking(request):
            self._check(request)
        # The worker looks for a file where it was checked, wherever the kernel has gone since.
        limits: dict[str, Any] = {"threads": threads_of_each(self._places)}
        if _source(request) == "file":
            limits["root_dir"] = str(self._root)
        run = create_run(self.data, request, who=self.who, writer=self.writer, limits=limits)
        start_keeper(run, self.data, places=self._places)
        self.follower.wake()
        return self._known(run.run_id)

    def _check(self, request: KeptRequest) -> None:
        with self._lock:
            if self._checker is None:
                self._root = Path.cwd()
                self._checker = Checker(self.data, self._root)
        self._checker.check(request)

    # Reading

    def state(self, run_id: str) -> RunState:
        """A run's newest state."""
        self.data.run(run_id)
        # While the journals are read for the first time, a run is seen in states of long ago.
        self.follower.caught_up(KNOWN_WITHIN_S)
        return self._known(run_id)

    def _known(self, run_id: str) -> RunState:
        """Wait until the reader of the journals has come to a run that is on disk."""
        follower = self.follower
        deadline = time.monotonic() + KNOWN_WITHIN_S
        while time.monotonic() < deadline:
            found = follower.view.runs.get(run_id) or follower.reader.run(run_id)
            if found is not None:
                return found
            follower.wake()
            time.sleep(0.02)
        raise StoreError(f"the journals of run {run_id} could not be read; see {self.data.runs}")

    def runs(self, query: RunQuery, limit: int) -> list[RunState]:
        """The first runs that a query finds, in its order."""
        follower = self.follower
        self._catch_up()
        newest = self.data.run_ids()[-1:]
        if newest:
            self._known(newest[0])
        found, _next = follower.reader.runs(query, limit)
        return [follower.view.runs.get(run.run_id, run) for run in found]

    def _catch_up(self) -> None:
        if not self.follower.caught_up(CAUGHT_UP_WITHIN_S):
            print(
                f"The journals of {len(self.data.run_ids()):,} runs below {self.data.runs} are "
                "still being read: some runs are not listed yet, or as they were earlier. Ask "
                "again in a while.",
                file=sys.stderr,
            )

    def series(
        self, run_id: str, names: list[str] | None, max_points: int | None = None
    ) -> dict[str, list[list[float | None]]]:
        """A run's metrics in full."""
        self.state(run_id)
        return self.follower.reader.series(run_id, names=names, max_points=max_points or ALL_POINTS)

    def output(self, run_id: str, tail: int) -> str:
        """The last lines that a run printed."""
        path = self.data.run(run_id).output
        if not path.exists():
            return ""
        return "".join(path.read_text("utf-8", "replace").splitlines(keepends=True)[-tail:])

    # Controls

    def stop(self, run_id: str) -> None:
        """Keep the best so far and finish."""
        self._ask(run_id, "stop")

    def cancel(self, run_id: str) -> None:
        """Drop it."""
        self._ask(run_id, "cancel")

    def resume(self, run_id: str) -> None:
        """Go on with a run that failed or was interrupted; its keeper is started here."""
        run, state = self.data.run(run_id), self.state(run_id)
        ask_to_resume(run, state, who=self.who, writer=self.writer)
        if is_to_start_here(run, self.data):
            start_keeper(run, self.data, places=self._places)
        self._show(JournalWriter(run.journal(self.writer)), run_id)

    def _ask(self, run_id: str, action: str) -> None:
        run, state = self.data.run(run_id), self.state(run_id)
        ask_to_stop(run, state, action=action, who=self.who, writer=self.writer)
        self._show(JournalWriter(run.journal(self.writer)), run_id)

    def skip(self, run_id: str, candidate: int | None) -> None:
        """Give up a candidate of a search; None: those under way."""
        run, state = self.data.run(run_id), self.state(run_id)
        known = self.candidates(run_id) if candidate is not None else []
        status = next((row.status for row in known if row.candidate == candidate), None)
        ask_to_skip(
            run, state, candidate=candidate, status=status, who=self.who, writer=self.writer
        )

    def candidates(self, run_id: str) -> list[CandidateRow]:
        """A search's leaderboard, best first."""
        state = self.state(run_id)
        facts = self.follower.reader.search(run_id)
        return leaderboard(facts, state.running, is_over=has_ended(state.status))

    def results_file(self, run_id: str) -> Path:
        """Where a search's results lie."""
        return self.data.run(run_id).search_results

    def update(self, run_id: str, change: dict[str, Any]) -> None:
        """Rename, tag or annotate a run."""
        self._tell(self.data.run(run_id), "run_updated", change)

    def delete(self, run_id: str) -> None:
        """Forget a run that has ended."""
        state = self.state(run_id)
        if is_active(state.status):
            raise RunGoingOn(
                f"run {run_id} is {state.status}; cancel it first, or wait for its end"
            )
        run = self.data.run(run_id)
        # The fact first, as a server does it: whoever reads it forgets the run too.
        with self._lock:
            journal = self._slot.journal()
            tell(
                journal,
                journal.writer,
                "run_deleted",
                {},
                state.name,
                who=self.who,
                run_id=run_id,
            )
            run.delete()
            self._show(journal, journal.writer)

    def note(self, text: str, run_id: str | None) -> None:
        """Add a line of one's own to the feed, of a run or of all that is going on."""
        arguments.note("text", text)
        with self._lock:
            if run_id is None:
                journal, origin = self._slot.journal(), self._slot.name
            else:
                journal, origin = JournalWriter(self.data.run(run_id).journal(self.writer)), run_id
            identity = activity_id(origin, journal.writer, journal.last_sequence + 1)
            fact = {"id": identity, "level": "info", "kind": "note", "text": text, "who": self.who}
            journal.append("activity_update", fact, flush=True)
            self._show(journal, origin)

    # Models

    def register(self, run_id: str, name: str) -> int:
        """Make a model version of what a run has trained."""
        run, state = self.data.run(run_id), self.state(run_id)
        if not has_ended(state.status):
            raise RunNotFinished(f"run {run_id} is {state.status}; its model comes with its end")
        if state.status != "completed" or not (run.model_dir / "manifest.json").is_file():
            raise NoModel(f"run {run_id} ended as {state.status}, without a model to register")
        with self._lock:
            known = self._version_of(name, run_id)
            if known is not None:
                return known
            now = to_iso(time.time())
            version = self._registry.register(
                name, run.path, run_id=run_id, result=state.result, time=now
            )
            fact = {"name": name, "version": version, "previous": version - 1 or None}
            self._tell(run, "model_registered", fact)
        return version

    def _version_of(self, name: str, run_id: str) -> int | None:
        try:
            versions = self._registry.get(name)["versions"]
        except UnknownModel:
            return None
        found = [known["version"] for known in versions if known.get("run_id") == run_id]
        return found[0] if found else None

    def deploy(self, name: str, version: int | None, run_id: str | None) -> dict[str, Any]:
        """Put a version in service, once its process has opened the model."""
        if version is None:
            version = self.register(run_id or "", name)
        known = {found["version"]: found for found in self._registry.get(name)["versions"]}
        if version not in known:
            raise UnknownModel(f"{name} version {version}")
        self._pool().check(name, version)
        with self._lock:
            if self._registry.deployed(name) == version:
                return {"name": name, "deployed": version, "previous": version, "changed": False}
            previous = self._registry.deploy(name, version, to_iso(time.time()))
            fact = {"name": name, "version": version, "previous": previous}
            self._tell_deployed(known[version]["run_id"], fact)
        return {"name": name, "deployed": version, "previous": previous, "changed": True}

    def _tell_deployed(self, run_id: str, fact: dict[str, Any]) -> None:
        try:
            run = self.data.run(run_id)
        except UnknownRun:
            # Of a run that was deleted the model stays, but no journal of its own to tell it in.
            journal = self._slot.journal()
            tell(journal, journal.writer, "model_deployed", fact, "", who=self.who)
            self._show(journal, journal.writer)
        else:
            self._tell(run, "model_deployed", fact)

    def predict(self, name: str, rows: list[Any]) -> dict[str, Any]:
        """Ask what is in service."""
        return self._pool().predict(name, rows)

    def _pool(self) -> ServingPool:
        with self._lock:
            if self._serving is None:
                self._serving = ServingPool(self._registry)
            return self._serving

    def model(self, name: str) -> dict[str, Any]:
        """A registered model."""
        return self._registry.get(name)

    def model_folder(self, run_id: str) -> Path:
        """Where a run's own model lies."""
        return self.data.run(run_id).model_dir

    def value_folder(self, run_id: str) -> Path:
        """Where what a run's function returned lies."""
        return self.data.run(run_id).value_dir

    def version_folder(self, name: str, version: int) -> Path:
        """Where a model version lies."""
        return self._registry.directory(name, version)

    def key(self) -> bytes:
        """What signs the models."""
        return self.data.key()

    def close(self) -> None:
        """End the processes that were started here; runs go on."""
        for part in (self._serving, self._checker):
            if part is not None:
                part.close()
        self._slot.close()
        self._health.close()

    def _tell(self, run: RunDirectory, kind: str, fact: dict[str, Any]) -> None:
        journal = JournalWriter(run.journal(self.writer))
        tell(journal, run.run_id, kind, fact, self.state(run.run_id).name, who=self.who)
        self._show(journal, run.run_id)

    def _show(self, journal: JournalWriter, origin: str) -> None:
        """Return once what was journalled last is known here too."""
        last = journal.last_sequence
        journal.close()
        self.follower.wake()
        self.follower.shows(origin, journal.writer, last, KNOWN_WITHIN_S)


def _nobody(_messages: Any, _connection: str) -> None:
    """Listens to nothing: it only has the follower begin."""


def _source(request: KeptRequest) -> str | None:
    return None if isinstance(request, FunctionRequest) else str(request.dataset["source"])


def _needs_checking(request: KeptRequest) -> bool:
    """Whether there is more to check than what this kernel has handed over, and has checked."""
    if isinstance(request, FunctionRequest):
        return False
    return "class" in request.estimator or request.dataset["source"] != "upload"
