"""Whether a log's file is what was written to it: its seal, SQLite's check, and what its rows say.

SQLite keeps no checksums: bytes that are overwritten inside a row go unnoticed by it. So a log that
is closed in good order is sealed with a checksum of its whole file, and one without a seal (its
server was killed) has its rows read. What a later read or write stumbles over is noted beside the
file, which is then checked when it is next opened, whatever its size.
"""

from __future__ import annotations

import json
import sqlite3
import zlib
from pathlib import Path
from typing import Any

import msgspec

from ..core.state import RunState
from .durable_files import PRIVATE_FILE, write_whole

# Each check reads the whole file; a larger one is checked only where there is a suspicion.
CHECKED_SIZE_BYTES = 256 << 20
READ_SIZE_BYTES = 64 << 20
_BLOCK_BYTES = 1 << 20
_read_state = msgspec.json.Decoder(RunState).decode
_read_data = msgspec.json.Decoder(dict[str, Any]).decode


class Damaged(Exception):
    """The file is no sound log; it is set aside and made again."""


def seal(path: Path) -> None:
    """Write down the checksum of a log that has just been closed; no seal while a WAL is left."""
    if has_wal_left(path) or path.stat().st_size > CHECKED_SIZE_BYTES:
        return
    facts = {"size_bytes": path.stat().st_size, "crc32": _checksum(path)}
    write_whole(_seal(path), json.dumps(facts).encode())


def break_seal(path: Path, *, has_wal: bool) -> bool:
    """Compare a log with its seal, and take that off: the log is about to be written.

    Parameters
    ----------
    has_wal
        Whether a WAL was left, which makes the seal void.

    Returns
    -------
    bool
        Whether it is known to be sound; False where there is no seal.

    Raises
    ------
    Damaged
        The file is not the one that was sealed.
    """
    try:
        facts = json.loads(_seal(path).read_bytes())
    except FileNotFoundError:
        return False
    except ValueError:
        facts = None
    _seal(path).unlink()
    is_other = not path.stat().st_size  # somebody has moved the sealed one away
    if has_wal or is_other or not isinstance(facts, dict):
        return False
    if facts != {"size_bytes": path.stat().st_size, "crc32": _checksum(path)}:
        raise Damaged("it is not what was written to it")
    return True


def check_soundness(connection: sqlite3.Connection, path: Path) -> None:
    """Check a log that has no seal.

    Raises
    ------
    Damaged
        It does not hold together, or holds what nobody has written.
    """
    is_suspect = _suspicion(path).exists()
    size = path.stat().st_size
    if size > CHECKED_SIZE_BYTES and not is_suspect:
        return
    check = "integrity_check" if is_suspect else "quick_check"
    found = connection.execute(f"PRAGMA {check}(1)").fetchone()[0]
    if found != "ok":
        raise Damaged(str(found))
    if size <= READ_SIZE_BYTES or is_suspect:
        _read_rows(connection)
    _suspicion(path).unlink(missing_ok=True)


def has_wal_left(path: Path) -> bool:
    """Whether what was written last may still stand in a file beside the log."""
    return path.with_name(path.name + "-wal").exists()


def speaks_of_damage(error: Exception) -> bool:
    """Whether an error of reading or writing a log says that its file is damaged."""
    if not isinstance(error, sqlite3.Error):
        return True  # a row that is there and cannot be read
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # the primary code
    return code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def note_damage(path: Path) -> None:
    """Have the file checked when it is next opened."""
    _suspicion(path).touch(mode=PRIVATE_FILE)


def drop_notes(path: Path) -> None:
    """Forget seal and suspicion: there is another file now."""
    _seal(path).unlink(missing_ok=True)
    _suspicion(path).unlink(missing_ok=True)


def _read_rows(connection: sqlite3.Connection) -> None:
    tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_master")}
    if "events" not in tables:
        return  # made, and not filled yet
    try:
        for row in connection.execute(
            "SELECT data, type, time, run_id, origin, writer FROM events"
        ):
            _read_data(row[0])
        for state, _run_id, _status in connection.execute("SELECT state, run_id, status FROM runs"):
            _read_state(state)
        connection.execute("SELECT origin, writer FROM cursors").fetchall()
    except (msgspec.MsgspecError, TypeError, ValueError) as error:
        raise Damaged(f"a row cannot be read: {error}") from error
    except sqlite3.OperationalError as error:
        if "decode" not in str(error):
            raise
        raise Damaged(str(error)) from error


def _checksum(path: Path) -> int:
    checksum = 0
    with path.open("rb") as file:
        while block := file.read(_BLOCK_BYTES):
            checksum = zlib.crc32(block, checksum)
    return checksum


def _seal(path: Path) -> Path:
    return path.with_suffix(".seal")


def _suspicion(path: Path) -> Path:
    return path.with_suffix(".suspect")
