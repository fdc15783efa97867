"""What was handed over for training: data files and pickled objects, each kept under a random id.

An upload is written aside and appears under its id only when all of it is there. A pickle is kept
like any other bytes; only a worker opens it.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import time
from pathlib import Path
from typing import Any

from ..core.names import UPLOAD_ID
from ..core.times import to_iso
from ..errors import BodyTooLarge, InvalidRequest, UnknownUpload
from ..store.layout import DataDirectory

FORMATS = ("csv", "parquet", "npz", "pickle")

_FACTS = "upload.json"
_INCOMING = ".incoming-"


class Uploads:
    """The uploads of a data directory.

    Parameters
    ----------
    data_dir
        Whose ``uploads`` folder holds them.
    limit_bytes
        The most that one upload may hold; None for no limit.
    """

    def __init__(self, data_dir: DataDirectory, *, limit_bytes: int | None = None) -> None:
        self.folder = Path(data_dir.uploads)
        self.limit_bytes = limit_bytes

    def begin(self, format: str) -> Upload:
        """Start an upload; end it with :meth:`Upload.finish` or :meth:`Upload.abort`.

        Raises
        ------
        InvalidRequest
            The format is not one of ``csv``, ``parquet``, ``npz`` and ``pickle``.
        """
        if format not in FORMATS:
            expected = ", ".join(FORMATS)
            raise InvalidRequest("format", f"is {format!r:.60}; expected one of {expected}")
        return Upload(self.folder, format, self.limit_bytes)

    def add(self, format: str, content: bytes) -> dict[str, Any]:
        """Keep bytes that are at hand; the answer is that of :meth:`Upload.finish`."""
        with self.begin(format) as upload:
            upload.write(content)
            return upload.finish()

    def meta(self, upload_id: str) -> dict[str, Any]:
        """The facts of an upload: ``{id, format, sha256, size_bytes, time}``.

        Raises
        ------
        UnknownUpload
        """
        try:
            found = json.loads((self._directory(upload_id) / _FACTS).read_bytes())
        except (OSError, ValueError):
            raise UnknownUpload(upload_id) from None
        if not isinstance(found, dict) or found.get("format") not in FORMATS:
            raise UnknownUpload(upload_id)
        return found

    def path(self, upload_id: str) -> Path:
        """The file of an upload.

        Raises
        ------
        UnknownUpload
        """
        path = self._directory(upload_id) / f"data.{self.meta(upload_id)['format']}"
        if not path.is_file():
            raise UnknownUpload(upload_id)
        return path

    def delete(self, upload_id: str) -> None:
        """Forget an upload; one that is not there is no error."""
        directory = self._directory(upload_id)
        if directory.exists():
            shutil.rmtree(directory)

    def ids(self) -> list[str]:
        """The uploads that are kept."""
        if not self.folder.is_dir():
            return []
        return sorted(e.name for e in self.folder.iterdir() if UPLOAD_ID.fullmatch(e.name))

    def _directory(self, upload_id: str) -> Path:
        # An id becomes a path: nothing but its own alphabet gets there.
        if not isinstance(upload_id, str) or not UPLOAD_ID.fullmatch(upload_id):
            raise UnknownUpload(str(upload_id)[:80])
        return self.folder / upload_id


class Upload:
    """One upload under way. A context manager: what is not finished by its end is dropped."""

    def __init__(self, folder: Path, format: str, limit_bytes: int | None) -> None:
        self.id = os.urandom(16).hex()
        self.format = format
        self.size_bytes = 0
        self._limit_bytes = limit_bytes
        self._folder = folder
        self._aside = folder / f"{_INCOMING}{self.id}"
        self._aside.mkdir(parents=True, mode=0o700)
        try:
            self._file = (self._aside / f"data.{format}").open("xb")
        except OSError:
            self._aside.rmdir()
            raise
        self._digest = hashlib.sha256()

    def write(self, chunk: bytes) -> None:
        """Add bytes.

        Raises
        ------
        BodyTooLarge
            The upload holds more than is allowed; it is aborted.
        """
        self.size_bytes += len(chunk)
        if self._limit_bytes is not None and self.size_bytes > self._limit_bytes:
            self.abort()
            raise BodyTooLarge("", f"the upload is larger than {self._limit_bytes:,} bytes")
        self._digest.update(chunk)
        self._file.write(chunk)

    def finish(self) -> dict[str, Any]:
        """Keep the upload.

        Returns
        -------
        dict
            ``{"id", "sha256", "size_bytes"}``.

        Raises
        ------
        InvalidRequest
            Nothing was written.
        """
        if self.size_bytes == 0:
            self.abort()
            raise InvalidRequest("", "the upload is empty; expected the file's bytes as the body")
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        kept = {"id": self.id, "sha256": self._digest.hexdigest(), "size_bytes": self.size_bytes}
        facts = {**kept, "format": self.format, "time": to_iso(time.time())}
        (self._aside / _FACTS).write_text(json.dumps(facts), encoding="utf-8")
        self._aside.rename(self._folder / self.id)
        return kept

    def abort(self) -> None:
        """Drop what was written; after :meth:`finish` this does nothing."""
        # Closing writes what is buffered, which a full disk does not take; it is not wanted either.
        with contextlib.suppress(OSError):
            self._file.close()
        if self._aside.exists():
            shutil.rmtree(self._aside)

    def __enter__(self) -> Upload:
        return self

    def __exit__(self, *_: object) -> None:
        self.abort()
