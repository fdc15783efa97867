"""Where everything lies below the data directory. Knows names and files, not their meaning.

The keeper imports this file, so it needs nothing but the standard library.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
from pathlib import Path
from typing import Any

from ..core.names import is_run_id, is_writer, shorten
from ..errors import RunDirectoryBroken, StoreError, UnknownRun
from .durable_files import PRIVATE_FOLDER, create_once, sync_folder, write_whole

DATA_DIR_VARIABLE = "JUPYTER_PROGRESS_DATA_DIR"
_SERVER = re.compile(r"server-[0-9]{1,6}", re.ASCII)


def default_data_dir() -> Path:
    """The data directory of this user: ``JUPYTER_PROGRESS_DATA_DIR``, else Jupyter's own place."""
    named = os.environ.get(DATA_DIR_VARIABLE)
    if named:
        return Path(named).expanduser().absolute()
    from jupyter_core.paths import jupyter_data_dir

    return Path(jupyter_data_dir()) / "progress"


class RunDirectory:
    """Everything about one run on disk.

    Parameters
    ----------
    path
        The directory; its name is the run's id.
    """

    def __init__(self, path: Path | str) -> None:
        self.path = Path(path)
        self.run_id = self.path.name
        self.output = self.path / "output.log"
        self.exit_file = self.path / "exit.json"
        self.lock_file = self.path / "lock"
        self.model_dir = self.path / "model"
        self.value_dir = self.path / "value"
        self.own_checkpoints = self.path / "own_checkpoints"
        self.split_file = self.path / "split.npz"
        self.search_dir = self.path / "search"
        self.search_results = self.path / "cv_results.json"
        self.keeper_file = self.path / "keeper.json"
        self.worker_file = self.path / "worker.json"
        self.attempt_file = self.path / "attempt.json"
        self.notices_file = self.path / "notices.json"
        self.checkpoints = self.path / "checkpoints"
        self.journals = self.path / "journal"
        self.controls = self.path / "control"

    def __repr__(self) -> str:
        return f"RunDirectory({str(self.path)!r})"

    def journal(self, writer: str) -> Path:
        """The journal of one writer; the file may not be there yet."""
        return self.journals / _file_of(writer)

    def control(self, writer: str) -> Path:
        """The file in which one writer asks things of the run."""
        return self.controls / _file_of(writer)

    def request(self) -> dict[str, Any]:
        """What was asked for.

        Raises
        ------
        RunDirectoryBroken
            ``request.json`` is missing or unreadable.
        """
        found = read_json_object(self.path / "request.json")
        if found is None:
            raise RunDirectoryBroken(
                f"run {self.run_id} has no readable request.json in {self.path}; "
                "delete the folder if it is not needed"
            )
        return found

    def exit(self) -> dict[str, Any] | None:
        """How the run's processes ended; None while nobody has written that down."""
        return read_json_object(self.exit_file)

    def write_json(self, path: Path, facts: Any) -> None:
        """Write a JSON file that is either there as a whole or not at all."""
        write_whole(path, json.dumps(facts, allow_nan=False, indent=1).encode() + b"\n")

    def delete(self) -> None:
        """Forget the run. It disappears in one step; the files follow."""
        hidden = self.path.with_name(f".deleted-{self.run_id}-{secrets.token_hex(4)}")
        try:
            self.path.rename(hidden)
        except FileNotFoundError:
            return
        sync_folder(hidden.parent)
        shutil.rmtree(hidden)


class DataDirectory:
    """The data directory: all runs, models, uploads and server journals of one user.

    Parameters
    ----------
    path
        Where it is; :meth:`ensure` makes it.
    """

    def __init__(self, path: Path | str) -> None:
        self.path = Path(path).expanduser().absolute()
        self.runs = self.path / "runs"
        self.models = self.path / "models"
        self.uploads = self.path / "uploads"
        self.servers = self.path / "servers"
        self.timings = self.path / "timings.jsonl"

    def __repr__(self) -> str:
        return f"DataDirectory({str(self.path)!r})"

    def ensure(self) -> DataDirectory:
        """Make what is missing, for its owner only; returns itself.

        Raises
        ------
        StoreError
            That is not possible here: no permission, a file in the way, a full disk.
        """
        try:
            self._make()
        except OSError as error:
            raise StoreError(
                f"the data directory {self.path} cannot be used: {error.strerror} "
                f"({error.filename}); name another one with {DATA_DIR_VARIABLE}"
            ) from error
        return self

    def _make(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        for folder in (self.path, self.runs, self.models, self.uploads, self.servers):
            folder.mkdir(mode=PRIVATE_FOLDER, exist_ok=True)
        # A folder that was there before may be open to others; the key below must not be.
        self.path.chmod(PRIVATE_FOLDER)
        create_once(self.path / "id", secrets.token_hex(16).encode())
        create_once(self.path / "key", secrets.token_bytes(32))

    @property
    def identity(self) -> str:
        """32 hex digits that name this data directory, wherever it is mounted."""
        return create_once(self.path / "id", secrets.token_hex(16).encode()).decode().strip()

    def key(self) -> bytes:
        """The 32 bytes that sign model manifests.

        Raises
        ------
        StoreError
            The file does not hold 32 bytes.
        """
        found = create_once(self.path / "key", secrets.token_bytes(32))
        if len(found) != 32:
            raise StoreError(f"{self.path / 'key'} holds {len(found)} bytes; expected 32")
        return found

    def run(self, run_id: str) -> RunDirectory:
        """The directory of a run.

        Raises
        ------
        UnknownRun
            There is no such run, or this is no run id.
        """
        if not is_run_id(run_id) or not (self.runs / run_id).is_dir():
            raise UnknownRun(shorten(run_id, 80))
        return RunDirectory(self.runs / run_id)

    def create_run(self, run_id: str, request: dict[str, Any]) -> RunDirectory:
        """Make a run's directory. It appears in one step, with its request in it.

        Raises
        ------
        UnknownRun
            This is no run id.
        StoreError
            There is such a run already.
        """
        if not is_run_id(run_id):
            raise UnknownRun(shorten(run_id, 80))
        self.ensure()
        aside = RunDirectory(self.runs / f".new-{run_id}-{secrets.token_hex(4)}")
        try:
            for folder in (aside.path, aside.journals, aside.controls):
                folder.mkdir(mode=PRIVATE_FOLDER)
            aside.write_json(aside.path / "request.json", request)
            aside.path.rename(self.runs / run_id)
        except OSError as error:
            shutil.rmtree(aside.path, ignore_errors=True)
            raise StoreError(f"the run {run_id} cannot be made: {error}") from error
        sync_folder(self.runs)
        return RunDirectory(self.runs / run_id)

    def run_ids(self) -> list[str]:
        """The ids of all runs that have a directory, oldest first."""
        try:
            with os.scandir(self.runs) as entries:
                return sorted(entry.name for entry in entries if is_run_id(entry.name))
        except FileNotFoundError:
            return []

    def server_journal(self, slot: int) -> Path:
        """The journal of a server's own facts."""
        return self.journal_of_server(f"server-{slot}")

    def journal_of_server(self, name: str) -> Path:
        """The journal of a server that is known by its name, ``server-<slot>``."""
        return self.servers / name / "journal" / f"{name}.jsonl"

    def server_names(self) -> list[str]:
        """``server-<slot>`` of every server that has written a journal here."""
        try:
            with os.scandir(self.servers) as entries:
                return sorted(entry.name for entry in entries if _SERVER.fullmatch(entry.name))
        except FileNotFoundError:
            return []


def read_json_object(path: Path) -> dict[str, Any] | None:
    """A JSON file's object; None where it is missing or holds no object."""
    try:
        found = json.loads(path.read_bytes())
    except (FileNotFoundError, ValueError):
        return None
    return found if isinstance(found, dict) else None


def _file_of(writer: str) -> str:
    # The name becomes part of a path: see core.names.
    if not is_writer(writer):
        raise StoreError(f"{shorten(writer, 60)!r} names no writer; expected such as 'worker-1'")
    return f"{writer}.jsonl"
