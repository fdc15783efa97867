"""Opening the log's database: journal mode, schema, and what to do with a damaged file.

One connection does all writes and checkpoints: in WAL mode, SQLite before 3.51.3 can corrupt a file
that two connections write or checkpoint at the same time (https://sqlite.org/wal.html#walresetbug).
"""

from __future__ import annotations

import logging
import os
import re
import sqlite3
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec

from ..core.state import RunState
from ..errors import LogTooNew
from .durable_files import PRIVATE_FILE
from .finding import find_again
from .soundness import Damaged, break_seal, check_soundness, drop_notes, has_wal_left
from .statements import sql_text

logger = logging.getLogger(__name__)

SCHEMA_VERSION = 3
FOUND_SINCE = 3  # the schema that runs are found by
APPLICATION_ID = 0x4A50524F  # "JPRO"
BUSY_PATIENCE_S = 10.0
# WAL needs memory that all readers share, which these file systems do not give between machines.
NETWORK_FILE_SYSTEMS = frozenset(
    {
        "9p", "afs", "beegfs", "ceph", "cifs", "fuse.ceph-fuse", "fuse.gcsfuse", "fuse.glusterfs",
        "fuse.juicefs", "fuse.rclone", "fuse.s3fs", "fuse.sshfs", "gpfs", "lustre", "ncpfs", "nfs",
        "nfs4", "smb3", "smbfs", "wekafs",
    }
)  # fmt: skip
_ESCAPE = re.compile(rb"\\([0-3][0-7]{2})")


def connect(path: Path | str) -> sqlite3.Connection:
    """Open the writing connection of a log; the schema is brought up to date.

    Raises
    ------
    LogTooNew
        A later version wrote it. The file is left as it is.
    Damaged
        It is no database, another program's, or does not hold together.
    """
    is_in_memory = path == ":memory:"
    if not is_in_memory:
        Path(path).touch(mode=PRIVATE_FILE)
    has_wal = has_wal_left(Path(path))  # connecting makes one
    connection = sqlite3.connect(
        path, timeout=BUSY_PATIENCE_S, isolation_level=None, check_same_thread=False
    )
    try:
        _check_version(connection, path)
        if not is_in_memory and not break_seal(Path(path), has_wal=has_wal):
            check_soundness(connection, Path(path))
        _set_modes(connection, path)
        _migrate(connection)
    # Of a schema that was overwritten, the message itself can be no text.
    except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
        connection.close()
        if isinstance(error, sqlite3.OperationalError):
            raise  # busy, full, not writable: nothing is wrong with the file itself
        raise Damaged(str(error)) from error
    except (LogTooNew, Damaged):
        connection.close()
        raise
    return connection


def connect_reader(path: Path | str) -> sqlite3.Connection:
    """Open a connection that can only read."""
    uri = f"{Path(path).absolute().as_uri()}?mode=ro"
    connection = sqlite3.connect(
        uri, uri=True, timeout=BUSY_PATIENCE_S, isolation_level=None, check_same_thread=False
    )
    connection.execute("PRAGMA query_only = 1")
    return connection


def set_aside(path: Path, problem: str) -> Path:
    """Move a damaged database out of the way; the one set aside before it is dropped."""
    kept = path.with_name(f"{path.stem}.damaged{path.suffix}")
    path.replace(kept)
    for ending in ("-wal", "-shm", "-journal"):
        # Left in place, they would be taken for the new file's.
        path.with_name(path.name + ending).unlink(missing_ok=True)
    drop_notes(path)
    logger.warning("%s is damaged (%s); set aside as %s and made again", path, problem, kept.name)
    return kept


def journal_mode(connection: sqlite3.Connection) -> str:
    """``wal``, ``delete``, or ``memory``."""
    return str(connection.execute("PRAGMA journal_mode").fetchone()[0])


def _check_version(connection: sqlite3.Connection, path: Path | str) -> None:
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    application = connection.execute("PRAGMA application_id").fetchone()[0]
    tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    if tables and application != APPLICATION_ID:
        raise Damaged("it is the database of another program")
    if version > SCHEMA_VERSION:
        raise LogTooNew(
            f"{path} was written by a later version of jupyter-progress (schema {version}; this "
            f"version knows {SCHEMA_VERSION}). Upgrade jupyter-progress, or move the file away: "
            "the log is made again from the journals"
        )


def _set_modes(connection: sqlite3.Connection, path: Path | str) -> None:
    wanted = "DELETE" if path != ":memory:" and is_on_network(Path(path)) else "WAL"
    if path != ":memory:":
        connection.execute(f"PRAGMA journal_mode = {wanted}")
    if wanted != "WAL":
        logger.info("%s is on a network file system: rollback journal instead of WAL", path)
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA temp_store = MEMORY")


def _migrate(connection: sqlite3.Connection) -> None:
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    for number in range(version + 1, SCHEMA_VERSION + 1):
        # In one transaction with its version: a migration that is cut short has not happened.
        connection.executescript(f"BEGIN IMMEDIATE;\n{sql_text(f'schema-{number}.sql')}")
        if number == FOUND_SINCE:
            find_again(connection, _kept_states(connection))
        for statement in (
            f"PRAGMA application_id = {APPLICATION_ID}", f"PRAGMA user_version = {number}", "COMMIT"
        ):  # fmt: skip
            connection.execute(statement)


def _kept_states(connection: sqlite3.Connection) -> Iterator[tuple[str, RunState]]:
    for run_id, state in connection.execute("SELECT run_id, state FROM runs").fetchall():
        try:
            yield run_id, msgspec.json.decode(state, type=RunState)
        except msgspec.MsgspecError as error:
            raise Damaged(f"the state of run {run_id} cannot be read: {error}") from error


def is_on_network(path: Path) -> bool:
    """Whether a file lies on a network file system. Known on Linux only; elsewhere False."""
    if not sys.platform.startswith("linux"):
        return False
    mounts = Path("/proc/self/mounts").read_bytes()
    return file_system_of(path.absolute().parent.resolve(), mounts) in NETWORK_FILE_SYSTEMS


def file_system_of(place: Path, mounts: bytes) -> str:
    """The type of the file system that a folder lies on; empty where no mount says.

    Parameters
    ----------
    place
        Absolute, with all links resolved.
    mounts
        What ``/proc/self/mounts`` holds. In its paths blanks, backslashes and ``#`` stand as three
        octal digits, and all other bytes, of whatever encoding, as they are (getmntent(3)).
    """
    best, found = -1, ""
    for line in mounts.splitlines():
        _device, mount, kind, *_rest = [*line.split(b" "), b"", b"", b""]
        if not mount.startswith(b"/"):
            continue
        there = Path(os.fsdecode(_ESCAPE.sub(lambda digits: bytes([int(digits[1], 8)]), mount)))
        # Of two on one place, the later one hides the other.
        if place.is_relative_to(there) and len(there.parts) >= best:
            best, found = len(there.parts), kind.decode("ascii", "replace")
    return found
