"""What was handed over for training: data files and pickled objects, each kept once.

An upload is written aside and appears under its id only when all of it is there. The id is made of
the content: what is handed over again is not kept twice. A pickle is kept like any other bytes;
only a worker opens it.

Rows may lie elsewhere, in a scratch directory of the user's choice: then what stands under the id
is a link to it, so that whoever finds an upload need not know where rows are kept today.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..core.names import UPLOAD_ID
from ..core.times import to_iso
from ..errors import BodyTooLarge, InvalidRequest, StoreError, UnknownUpload
from ..store.durable_files import is_full
from ..store.layout import DataDirectory
from ..store.upload_folders import INCOMING, remove_upload
from .scratch import SCRATCH_VARIABLE, check_room, no_room

if TYPE_CHECKING:
    from .sources.mapped import Parcel

FORMATS = ("csv", "parquet", "npz", "npy", "arrow", "mapped", "pickle")

_FACTS = "upload.json"


class Uploads:
    """The uploads of a data directory.

    Parameters
    ----------
    data_dir
        Whose ``uploads`` folder holds them.
    limit_bytes
        The most that one upload may hold; None for no limit.
    scratch
        Where rows are put; None for the same folder.
    """

    def __init__(
        self,
        data_dir: DataDirectory,
        *,
        limit_bytes: int | None = None,
        scratch: Path | None = None,
    ) -> None:
        self.folder = Path(data_dir.uploads)
        self.limit_bytes = limit_bytes
        self.scratch = scratch

    def begin(self, format: str) -> Upload:
        """Start an upload; end it with :meth:`Upload.finish` or :meth:`Upload.abort`.

        Raises
        ------
        InvalidRequest
            The format is not one of ``FORMATS``.
        """
        if format not in FORMATS:
            expected = ", ".join(FORMATS)
            raise InvalidRequest("format", f"is {format!r:.60}; expected one of {expected}")
        return Upload(self, format)

    def room(self, format: str) -> Path:
        """The folder whose disk takes uploads of a format."""
        return self.folder if self.scratch is None or format == "pickle" else self.scratch

    def find(self, format: str, sha256: str) -> str | None:
        """The id of an upload of this content, kept from now on as if it had just come; or None."""
        upload_id = content_id(format, sha256)
        try:
            if self.path(upload_id).stat().st_size != self.meta(upload_id)["size_bytes"]:
                return None  # somebody has cut it
            os.utime(self._directory(upload_id) / _FACTS)
        except (UnknownUpload, OSError):
            return None
        return upload_id

    def sizes(self, format: str) -> set[int]:
        """How large the uploads of a format are: what has another size is not among them."""
        found = set()
        for upload_id in self.ids():
            try:
                facts = self.meta(upload_id)
            except UnknownUpload:
                continue  # removed in between
            if facts["format"] == format:
                found.add(int(facts["size_bytes"]))
        return found

    def add(self, format: str, content: bytes) -> dict[str, Any]:
        """Keep bytes that are at hand; the answer is that of :meth:`Upload.finish`."""
        with self.begin(format) as upload:
            upload.write(content)
            return upload.finish()

    def hand_over(self, parcel: Parcel) -> str:
        """Keep what lies in the memory of this process, once; answers its id.

        Raises
        ------
        DiskFull
            There is no room for it.
        StoreError
            The folder cannot be written to.
        """
        known = None
        # Writing costs more than digesting: what may be there already is digested first.
        if parcel.size_bytes in self.sizes(parcel.format):
            digest = hashlib.sha256()
            for chunk in parcel.chunks():
                digest.update(chunk)
            known = digest.hexdigest()
            found = self.find(parcel.format, known)
            if found is not None:
                return found
        room = self.room(parcel.format)
        try:
            check_room(room, parcel.size_bytes)
            return str(self.keep(parcel.format, parcel.chunks(), known)["id"])
        except OSError as error:
            if is_full(error):
                raise no_room(room, parcel.size_bytes) from error
            raise StoreError(
                f"{room} cannot be written to: {error.strerror}; name another place with "
                f"JupyterProgress.scratch_dir or {SCRATCH_VARIABLE}"
            ) from error

    def keep(
        self, format: str, chunks: Iterable[memoryview], sha256: str | None = None
    ) -> dict[str, Any]:
        """Keep what lies in memory, however large; the answer is that of :meth:`Upload.finish`.

        Parameters
        ----------
        sha256
            Of all of it, where that is known.
        """
        with self.begin(format) as upload:
            upload.write_all(chunks, sha256)
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
        remove_upload(self._directory(upload_id))

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


def content_id(format: str, sha256: str) -> str:
    """The id of a content: the same bytes in two formats are two things."""
    return hashlib.sha256(f"{format}:{sha256}".encode()).hexdigest()[:32]


class Upload:
    """One upload under way. A context manager: what is not finished by its end is dropped."""

    def __init__(self, uploads: Uploads, format: str) -> None:
        #: None until it is finished.
        self.id: str | None = None
        self.format = format
        self.size_bytes = 0
        self._uploads = uploads
        self._room = uploads.room(format)
        self._known: str | None = None
        self._aside = self._room / f"{INCOMING}{os.urandom(16).hex()}"
        self._aside.mkdir(parents=True, mode=0o700)
        try:
            self._file = (self._aside / f"data.{format}").open("xb", buffering=0)
        except OSError:
            self._aside.rmdir()
            raise
        self._digest = hashlib.sha256()

    def write(self, chunk: bytes | memoryview) -> None:
        """Add bytes.

        Raises
        ------
        BodyTooLarge
            The upload holds more than is allowed; it is aborted.
        """
        self._count(len(chunk))
        self._digest.update(chunk)
        self._write(chunk)

    def write_all(self, chunks: Iterable[memoryview], sha256: str | None = None) -> None:
        """Add all of the bytes at once, which another thread digests meanwhile.

        Parameters
        ----------
        sha256
            Of all of them, where it is known.
        """
        with ThreadPoolExecutor(1, thread_name_prefix="digest") as digesting:
            for chunk in chunks:
                self._count(len(chunk))
                waiting = None if sha256 else digesting.submit(self._digest.update, chunk)
                self._write(chunk)
                if waiting is not None:
                    waiting.result()
        self._known = sha256

    def _count(self, size: int) -> None:
        self.size_bytes += size
        limit = self._uploads.limit_bytes
        if limit is not None and self.size_bytes > limit:
            self.abort()
            raise BodyTooLarge("", f"the upload is larger than {limit:,} bytes")

    def _write(self, chunk: bytes | memoryview) -> None:
        left = memoryview(chunk)
        while len(left):
            left = left[self._file.write(left) :]

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
        os.fsync(self._file.fileno())
        self._file.close()
        sha256 = self._known or self._digest.hexdigest()
        upload_id = content_id(self.format, sha256)
        kept = {"id": upload_id, "sha256": sha256, "size_bytes": self.size_bytes}
        facts = {**kept, "format": self.format, "time": to_iso(time.time())}
        (self._aside / _FACTS).write_text(json.dumps(facts), encoding="utf-8")
        if self._uploads.find(self.format, sha256) is None:
            self._place(upload_id)
        self.abort()
        self.id = upload_id
        return kept

    def _place(self, upload_id: str) -> None:
        """Put it where it is found."""
        named = self._uploads.folder / upload_id
        # A link to nowhere, or what somebody has cut, is no upload: it is in the way.
        remove_upload(named)
        place = self._room / upload_id
        remove_upload(place)
        try:
            self._aside.rename(place)
            if place != named:
                named.parent.mkdir(parents=True, exist_ok=True)
                named.symlink_to(place)
        except OSError:
            # Somebody else has put the same there in this moment.
            if not (named / _FACTS).exists():
                raise

    def abort(self) -> None:
        """Drop what was written; after :meth:`finish` this does nothing."""
        # Closing a file that a full disk did not take may say so once more; nobody wants it.
        with contextlib.suppress(OSError):
            self._file.close()
        if self._aside.exists():
            shutil.rmtree(self._aside)

    def __enter__(self) -> Upload:
        return self

    def __exit__(self, *_: object) -> None:
        self.abort()
