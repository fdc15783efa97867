"""``Idempotency-Key``: the same POST again answers with the first run, also after a restart.

The run's id is decided and written down before anything is made. Whatever then happens, a
repetition finds the id: if the run exists it is the answer, and if the server died in between it is
made under this very id. A run that was made and then deleted is forgotten with its key: the same
request makes a new run, whose identity is written beside the first one's.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ..core.names import new_run_id
from ..errors import Conflict, InvalidRequest

KEY_LIMIT = 255
KEPT_S = 7 * 24 * 3600.0


@dataclass(frozen=True)
class Reserved:
    """A run's identity before the run: its time and entropy make its id."""

    time: float
    entropy: int

    @property
    def run_id(self) -> str:
        """The id that the run will have."""
        return new_run_id(self.time, self.entropy)


def reserve_now() -> Reserved:
    """A new identity."""
    return Reserved(time.time(), secrets.randbits(32))


class IdempotencyKeys:
    """What was asked for under which key, one small file each.

    Parameters
    ----------
    folder
        Where they are kept; shared by all servers on one data directory.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def reserve(self, key: str, body: bytes, is_gone: Callable[[str], bool]) -> Reserved:
        """The identity that belongs to a key; the same one each time, until its run is deleted.

        Parameters
        ----------
        key
            As the client sent it.
        body
            The request, to refuse a key that is used for another one.
        is_gone
            Whether a run was made, and is not there any more.

        Raises
        ------
        InvalidRequest
            The key is too long.
        Conflict
            The key belongs to another request.
        """
        if len(key) > KEY_LIMIT:
            raise InvalidRequest(
                "Idempotency-Key", f"has {len(key)} characters; at most {KEY_LIMIT} are allowed"
            )
        name = hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()
        digest = hashlib.sha256(body).hexdigest()
        path = self._folder / f"{name}.json"
        while True:
            reserved = _reserve(path, digest)
            if not is_gone(reserved.run_id):
                return reserved
            # The next identity has a file of its own, named after the run that is gone, so that of
            # two repetitions at once, also in two servers, both find the same. The files before
            # lead to it: they are kept for as long.
            path.touch()
            path = self._folder / f"{name}-{reserved.run_id}.json"

    def forget_old(self, now: float) -> None:
        """Drop keys that nobody repeats any more."""
        if not self._folder.is_dir():
            return
        for path in self._folder.iterdir():
            try:
                if now - path.stat().st_mtime > KEPT_S:
                    path.unlink()
            except FileNotFoundError:
                continue  # another server on this data directory was quicker


def _reserve(path: Path, digest: str) -> Reserved:
    fresh = reserve_now()
    kept = {"time": fresh.time, "entropy": fresh.entropy, "body": digest}
    if not _create(path, json.dumps(kept).encode()):
        kept = json.loads(path.read_bytes())
    if kept["body"] != digest:
        raise Conflict(
            "this Idempotency-Key was used for another request; use a new key for a new run"
        )
    return Reserved(kept["time"], kept["entropy"])


def _create(path: Path, content: bytes) -> bool:
    """Make a whole file at once; False where it is there already (link is atomic, also on NFS)."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    with draft.open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        return False
    finally:
        draft.unlink()
    return True
