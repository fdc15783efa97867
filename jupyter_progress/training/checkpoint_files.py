"""A fit's checkpoint on disk: pickles under a signed manifest, opened by the run's worker alone.

The manifest, ``fit.json``, names the files that belong together and is put in place last: killed at
any moment, a worker leaves the checkpoint before this one, or this one. Members of an ensemble are
kept in parts that are written once, so that a checkpoint costs what is new in it. A pickle runs
code when it is opened; so a manifest that this data directory's key has not signed, or a file with
other content than it says, is refused.
"""

from __future__ import annotations

import hashlib
import json
import pickle
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import ArtifactRefused
from ..models.signing import (
    SIGNATURE,
    cannot_be_opened,
    is_signed,
    open_as_signed,
    signature_of,
)
from ..store.durable_files import PRIVATE_FOLDER, write_whole

MANIFEST = "fit.json"


@dataclass(frozen=True)
class Kept:
    """What a checkpoint's manifest says.

    Parameters
    ----------
    step
        How many steps of the fit it holds.
    train_s
        Seconds of training in it, over all attempts.
    identity
        Of the fit that it belongs to: another one does not go on from it.
    head, parts
        The files: ``{"file", "sha256"}``.
    """

    step: int
    train_s: float
    identity: dict[str, Any]
    head: dict[str, str]
    parts: tuple[dict[str, str], ...]


class CheckpointFiles:
    """The folder that one run keeps its fit's checkpoints in.

    Parameters
    ----------
    folder
        Made with the first checkpoint.
    key
        The data directory's key.
    identity
        Of JSON types: what must be alike for a fit to go on from a checkpoint.
    """

    def __init__(self, folder: Path, key: bytes, identity: dict[str, Any]) -> None:
        self._folder = folder
        self._key = key
        # Through JSON, as it is read again.
        self._identity = json.loads(json.dumps(identity))

    def read(self) -> Kept | None:
        """What is kept; None where nothing is.

        Raises
        ------
        ArtifactRefused
            It was not signed with this key.
        """
        path = self._folder / MANIFEST
        try:
            manifest = json.loads(path.read_bytes())
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as error:
            raise ArtifactRefused(f"{path} cannot be read: {error}") from None
        if not isinstance(manifest, dict) or not is_signed(manifest, self._key):
            raise ArtifactRefused(
                f"{path} is not signed with this data directory's key: it was changed after it was "
                "written, or comes from elsewhere"
            )
        return Kept(
            step=manifest["step"],
            train_s=manifest["train_s"],
            identity=manifest["identity"],
            head=manifest["head"],
            parts=tuple(manifest["parts"]),
        )

    def what_differs(self, kept: Kept) -> str | None:
        """In which respect a checkpoint belongs to another fit, in words; None where in none."""
        for name, mine in self._identity.items():
            if kept.identity.get(name) != mine:
                return name
        return None

    def open(self, kept: Kept) -> tuple[Any, list[Any]]:
        """The head and the parts of a checkpoint.

        Raises
        ------
        ArtifactRefused
            A file is not the one that was written.
        """
        return self._load(kept.head), [self._load(part) for part in kept.parts]

    def write(
        self, before: Kept | None, head: bytes, part: bytes, step: int, train_s: float
    ) -> Kept:
        """Add what is new since the checkpoint before; all of it or nothing."""
        self._folder.mkdir(mode=PRIVATE_FOLDER, exist_ok=True)
        parts = (*(before.parts if before else ()), self._put(f"part-{step}.pickle", part))
        kept = Kept(step, train_s, self._identity, self._put(f"head-{step}.pickle", head), parts)
        manifest = {
            "step": step,
            "train_s": round(train_s, 3),
            "identity": self._identity,
            "head": kept.head,
            "parts": list(parts),
        }
        signed = {**manifest, SIGNATURE: signature_of(manifest, self._key)}
        write_whole(self._folder / MANIFEST, json.dumps(signed).encode())
        if before is not None:
            (self._folder / before.head["file"]).unlink(missing_ok=True)
        return kept

    def clear(self) -> None:
        """Remove what is not gone on from."""
        shutil.rmtree(self._folder, ignore_errors=True)

    def _put(self, name: str, content: bytes) -> dict[str, str]:
        write_whole(self._folder / name, content)
        return {"file": name, "sha256": hashlib.sha256(content).hexdigest()}

    def _load(self, named: dict[str, str]) -> Any:
        path = self._folder / named["file"]
        with open_as_signed(path, named["sha256"], "a part of the checkpoint") as file:
            try:
                return pickle.load(file)  # noqa: S301 - signed, digest checked, in the worker
            except Exception as error:
                raise cannot_be_opened(str(path), error) from error
