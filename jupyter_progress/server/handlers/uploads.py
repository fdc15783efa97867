"""``POST uploads``: streamed to disk as it comes, whatever its size."""

from __future__ import annotations

from typing import Any

from jupyter_server.auth.decorator import authorized
from tornado import web

from ...core.named_uploads import PICKLED
from ...errors import InvalidRequest, ProgressError
from ...training.uploads import Upload
from .base import RESOURCE, ProgressHandler

# A body of a wrong format is read and dropped up to here: who sends first and reads then gets to
# see what was wrong. Beyond, the connection is closed.
READ_ALL_THE_SAME_BYTES = 16 << 20


class UploadsHandler(ProgressHandler):
    """Takes one file as the body."""

    def initialize(self) -> None:
        super().initialize()
        self._upload: Upload | None = None
        self._failure: ProgressError | OSError | None = None

    @property
    def body_limit(self) -> int:
        return self.services.options.max_upload_bytes

    async def before_body(self) -> None:
        """All that can be refused is refused before a byte of it is stored."""
        if self.request.method != "POST":
            return
        await self.require("execute")
        self.services.check_open()
        format = self.query("format").text("format", limit=40) or ""
        if format in PICKLED:
            await self.require("execute", "kernels")
        try:
            self._upload = await self.services.work(self.services.uploads.begin, format)
        except (InvalidRequest, OSError) as error:
            length = self.request.headers.get("Content-Length", "")
            if not (length.isdigit() and int(length) <= READ_ALL_THE_SAME_BYTES):
                raise
            self._failure = error

    async def data_received(self, chunk: bytes) -> None:
        self._received_bytes += len(chunk)
        if self._upload is None or self._failure is not None:
            return
        if self._received_bytes > self.body_limit:
            self._failure = self._too_large(self._received_bytes)
            return
        try:
            await self.services.work(self._upload.write, chunk)
        except (ProgressError, OSError) as error:
            self._failure = error
            self._drop()

    @web.authenticated
    @authorized("execute", RESOURCE)
    async def post(self) -> None:
        if self._failure is not None:
            raise self._failure
        if self._upload is None:
            raise web.HTTPError(400)
        kept: dict[str, Any] = await self.services.work(self._upload.finish)
        self._upload = None
        self.answer(kept, 201)

    def on_finish(self) -> None:
        super().on_finish()
        self._drop()

    def on_connection_close(self) -> None:
        super().on_connection_close()
        self._drop()

    def _drop(self) -> None:
        """What was not finished is not kept."""
        upload, self._upload = self._upload, None
        if upload is not None:
            self.services.in_background(upload.abort)
