"""What a notebook asks, carried out by the Jupyter server over REST."""

from __future__ import annotations

import functools
import secrets
import time
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import quote

import msgspec

from ..client.discovery import ServerAddress, check_server
from ..client.follow import Follower
from ..client.rest import CHUNK_BYTES, RestClient, bytes_left
from ..core.candidates import CandidateRow
from ..core.requests import RunRequest
from ..core.run_query import RunQuery, written
from ..core.run_requests import KeptRequest
from ..core.state import RunState
from ..core.view import View
from ..core.wire import Activity
from ..errors import NoModel, NotFound, NoValue, ServerUnreachable, UnknownRun
from ..panel.feed import Feed, Feeds, FollowerLike, Listener
from ..store.layout import DataDirectory, default_data_dir
from ..training.capacity import check_memory, check_rows, copies_of, memory_room
from ..training.peaks import likely_peak
from ..training.scratch import scratch_identity
from ..training.sources.mapped import Parcel
from ..training.uploads import Uploads
from ..training.workload import Workload
from .upload_bar import with_bar

SUBMIT_TRIES = 5
SUBMIT_AGAIN_S = 1.0
MAX_POINTS = 100_000
PAGE = 200
NOTICED_WITHIN_S = 2.0
# Opening a model in a fresh process imports its libraries.
DEPLOY_TIMEOUT_S = 180.0
_ELSEWHERE = "lies in the server's data directory, which is not the one of this kernel"
_SHARE_IT = "set JUPYTER_PROGRESS_DATA_DIR to the server's"


class ServerBackend:
    """Asks one server.

    Parameters
    ----------
    address
        Where it is.

    Raises
    ------
    ExtensionMissing, VersionMismatch, Denied, ServerUnreachable
    """

    def __init__(self, address: ServerAddress) -> None:
        self.client = RestClient(address)
        self.address = address
        self.server = check_server(self.client)["server"]
        self.feeds = Feeds(Feed(self._follower), Feed(self._polling_follower))

    def _follower(self, view: View, listener: Listener) -> FollowerLike:
        return Follower(self.address, view=view, on_messages=listener)

    def _polling_follower(self, view: View, listener: Listener) -> FollowerLike:
        return Follower(self.address, view=view, on_messages=listener, polls_only=True)

    @property
    def shares_disk(self) -> bool:
        """Whether the server's data directory is this process's."""
        found = DataDirectory(default_data_dir())
        return found.path.is_dir() and found.identity == self.server.get("data_dir_id")

    def upload(self, stream: BinaryIO, format: str) -> str:
        """Hand over a file; answers its id."""
        size_bytes = bytes_left(stream)
        if size_bytes is None:
            return str(self.client.upload(stream, format)["id"])
        chunks = with_bar(iter(lambda: stream.read(CHUNK_BYTES), b""), size_bytes)
        return str(self.client.upload_chunks(chunks, size_bytes, format)["id"])

    def check_fits(
        self, request: RunRequest, rows: int, rows_bytes: int, workload: Workload
    ) -> None:
        """Refuse rows of this kernel that a run there cannot have, before any is handed over.

        The memory of another machine is not known here: its server looks at it.
        """
        check_rows(rows, self.server.get("max_rows"), "X")
        if not request.start_anyway and self._uploads is not None:
            room = memory_room(self.server.get("max_run_memory_bytes"))
            learned = likely_peak(DataDirectory(default_data_dir()).timings, workload)
            check_memory(rows_bytes, copies_of(request, is_mapped=True), room, "X", learned)

    def hand_over(self, parcel: Parcel) -> str:
        """Hand over what lies in the memory; answers its id.

        Where the disk is shared, this process writes it there: nothing of it passes through the
        server.
        """
        uploads = self._uploads
        if uploads is not None:
            return uploads.hand_over(parcel)
        chunks = with_bar(parcel.chunks(), parcel.size_bytes)
        sent = self.client.upload_chunks(chunks, parcel.size_bytes, parcel.format)
        return str(sent["id"])

    @functools.cached_property
    def _uploads(self) -> Uploads | None:
        """The server's uploads on this disk; None where it is another."""
        if not self.shares_disk:
            return None
        data = DataDirectory(default_data_dir())
        named, identity = self.server.get("scratch_dir"), self.server.get("scratch_id")
        if not named:
            return Uploads(data)
        # A folder of that name on another machine is another folder.
        scratch = Path(named)
        return Uploads(data, scratch=scratch) if scratch_identity(scratch) == identity else None

    def submit(self, request: KeptRequest) -> RunState:
        """Start a run; asked again under the same key where no answer came."""
        body = _without_defaults(msgspec.to_builtins(request))
        key = secrets.token_hex(16)
        for left in reversed(range(SUBMIT_TRIES)):
            try:
                return _state(self.client.post("runs", body, idempotency_key=key))
            except ServerUnreachable:
                if not left:
                    raise
                time.sleep(SUBMIT_AGAIN_S)
        raise AssertionError("unreachable")

    def state(self, run_id: str) -> RunState:
        """A run's newest state."""
        path = f"runs/{quote(run_id, safe='')}"
        deadline = time.monotonic() + NOTICED_WITHIN_S
        while True:
            try:
                return _state(self.client.get(path))
            except UnknownRun:
                # A run of one's own is on disk before the server has noticed it.
                if time.monotonic() > deadline or not self._is_on_disk(run_id):
                    raise
            time.sleep(0.05)

    def _is_on_disk(self, run_id: str) -> bool:
        return self.shares_disk and run_id in DataDirectory(default_data_dir()).run_ids()

    def runs(self, query: RunQuery, limit: int) -> list[RunState]:
        """The first runs that a query finds, in its order."""
        if self.shares_disk:
            for newest in DataDirectory(default_data_dir()).run_ids()[-1:]:
                with suppress(UnknownRun):  # deleted in between
                    self.state(newest)
        found: list[RunState] = []
        before = None
        while len(found) < limit:
            page = min(PAGE, limit - len(found))
            answer = self.client.get("runs", **written(query), limit=page, before=before)
            found += [_state(run) for run in answer["runs"]]
            before = answer["next"]
            if before is None:
                break
        return found

    def stop(self, run_id: str) -> None:
        """Keep the best so far and finish."""
        self.client.post(f"runs/{quote(run_id, safe='')}/stop")

    def cancel(self, run_id: str) -> None:
        """Drop it."""
        self.client.post(f"runs/{quote(run_id, safe='')}/cancel")

    def skip(self, run_id: str, candidate: int | None) -> None:
        """Give up a candidate of a search; None: those under way."""
        self.client.post(f"runs/{quote(run_id, safe='')}/skip", {"candidate": candidate})

    def candidates(self, run_id: str) -> list[CandidateRow]:
        """A search's leaderboard, best first."""
        path = f"runs/{quote(run_id, safe='')}/candidates"
        answer = self.client.get(path, limit=MAX_POINTS)
        return msgspec.convert(answer["candidates"], list[CandidateRow], strict=False)

    def results_file(self, run_id: str) -> Path:
        """Where a search's results lie; it takes the same disk to read them."""
        return self._disk().run(run_id).search_results

    def resume(self, run_id: str) -> None:
        """Go on with a run that failed or was interrupted."""
        self.client.post(f"runs/{quote(run_id, safe='')}/resume")

    def update(self, run_id: str, change: dict[str, Any]) -> None:
        """Rename, tag or annotate a run."""
        self.client.patch(f"runs/{quote(run_id, safe='')}", change)

    def delete(self, run_id: str) -> None:
        """Forget a run that has ended."""
        self.client.delete(f"runs/{quote(run_id, safe='')}")

    def series(
        self, run_id: str, names: list[str] | None, max_points: int | None = None
    ) -> dict[str, list[list[float | None]]]:
        """A run's metrics: ``{name: [[step, value], …]}``."""
        # In a query, none named would be all.
        if names is not None and not names:
            self.state(run_id)
            return {}
        asked = None if names is None else joined_names(names)
        path = f"runs/{quote(run_id, safe='')}/metrics"
        answer = self.client.get(path, names=asked, max_points=max_points or MAX_POINTS)
        found: dict[str, list[list[float | None]]] = answer["series"]
        return found

    def output(self, run_id: str, tail: int) -> str:
        """The last lines that a run printed."""
        return str(self.client.get(f"runs/{quote(run_id, safe='')}/output", tail=tail)["text"])

    def register(self, run_id: str, name: str) -> int:
        """Make a model version of what a run has trained."""
        answer = self.client.post(f"runs/{quote(run_id, safe='')}/register", {"name": name})
        return int(answer["version"])

    def deploy(self, name: str, version: int | None, run_id: str | None) -> dict[str, Any]:
        """Put a version in service."""
        body = {"version": version} if version is not None else {"run_id": run_id}
        path = f"models/{quote(name, safe='')}/deploy"
        answer: dict[str, Any] = self.client.post(path, body, timeout_s=DEPLOY_TIMEOUT_S)
        return answer

    def predict(self, name: str, rows: list[Any]) -> dict[str, Any]:
        """Ask what is in service."""
        path = f"models/{quote(name, safe='')}/predict"
        answer: dict[str, Any] = self.client.post(path, {"rows": rows}, timeout_s=DEPLOY_TIMEOUT_S)
        return answer

    def model(self, name: str) -> dict[str, Any]:
        """A registered model."""
        answer: dict[str, Any] = self.client.get(f"models/{quote(name, safe='')}")
        return answer

    def model_folder(self, run_id: str) -> Path:
        """Where a run's own model lies; it takes the same disk to open it."""
        return self._disk().run(run_id).model_dir

    def value_folder(self, run_id: str) -> Path:
        """Where what a run's function returned lies; it takes the same disk to open it."""
        if not self.shares_disk:
            raise NoValue(f"the value {_ELSEWHERE} ({default_data_dir()}); {_SHARE_IT}")
        return self._disk().run(run_id).value_dir

    def version_folder(self, name: str, version: int) -> Path:
        """Where a model version lies; it takes the same disk to open it."""
        folder = self._disk().models / name / str(version)
        if not folder.is_dir():
            raise NotFound(f"{name} version {version}")
        return folder

    def key(self) -> bytes:
        """What signs the models."""
        return self._disk().key()

    def note(self, text: str, run_id: str | None) -> None:
        """Add a line of one's own to the activity feed."""
        body = {"text": text} if run_id is None else {"text": text, "run_id": run_id}
        self.client.post("activity", body)

    def activity(self, limit: int) -> list[Activity]:
        """The newest lines of the feed."""
        answer = self.client.get("activity", limit=limit)
        return msgspec.convert(answer["activity"], list[Activity], strict=False)

    def _disk(self) -> DataDirectory:
        if not self.shares_disk:
            raise NoModel(
                f"the model {_ELSEWHERE} ({default_data_dir()}); {_SHARE_IT}, "
                "or use run.deploy() and run.predict(rows)"
            )
        return DataDirectory(default_data_dir())


def _state(told: Any) -> RunState:
    return msgspec.convert(told, RunState, strict=False)


def _without_defaults(body: dict[str, Any]) -> dict[str, Any]:
    """Leave out what is None, but for ``split``, where None means something."""
    return {key: value for key, value in body.items() if value is not None or key == "split"}


def joined_names(names: list[str]) -> str:
    """Names of series for a query: commas stand between, those within are written ``%2C``."""
    return ",".join(name.replace("%", "%25").replace(",", "%2C") for name in names)
