"""What all REST handlers share: who asks, bodies with a limit, queries, answers, errors."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any, TypeVar

import msgspec
from jupyter_core.utils import ensure_async
from jupyter_server.base.handlers import APIHandler
from tornado.web import HTTPError, stream_request_body

from ...core.bodies import no_collection, read_json
from ...core.names import is_run_id, shorten
from ...core.reading_requests import read_request
from ...errors import BodyTooLarge, Denied, ProgressError, UnknownRun
from ...store.durable_files import is_full
from ..admission import retry_after, user_key
from ..kernel_pass import KernelPassMixin, person
from ..services import Services
from .answers import answer_of, methods_of
from .query import Query

RESOURCE = "jupyter_progress"
READ_AWAY_BYTES = 128 << 20  # of a body that is refused for its size
ON_LOOP_BYTES = 16 << 10  # of a body that is read at once: a millisecond at most
T = TypeVar("T", bound=msgspec.Struct)
Found = TypeVar("Found")


@stream_request_body
class ProgressHandler(KernelPassMixin, APIHandler):
    """Base of the REST handlers.

    A body arrives in pieces, after ``prepare``: one that is too large is read, thrown away and
    refused, so that a client that sends first and reads then gets to see why; one that is larger by
    far is refused before it is read, and the connection closed, which is said in the answer.
    Every verb of a subclass carries ``@web.authenticated`` and ``@authorized(action, RESOURCE)``,
    with both arguments: without them the decorator keeps those of its first caller.
    """

    def initialize(self) -> None:
        self._received: list[bytes] = []
        self._received_bytes = 0
        self._takes_body = False
        # Looking does not count as using the server: a page that polls must not keep it from
        # being culled.
        self._track_activity = self.request.method not in ("GET", "HEAD", "OPTIONS")

    @property
    def services(self) -> Services:
        """The extension's parts."""
        return self.settings["jupyter_progress_services"]  # type: ignore[no-any-return]

    @property
    def body_limit(self) -> int:
        """How many bytes a body may have."""
        return self.services.options.max_body_bytes

    async def prepare(self) -> None:
        await super().prepare()
        if self._finished:
            return
        if self.request.method == "OPTIONS":
            self._takes_body = True
            return
        if self.current_user is None:
            # Also where `allow_unauthenticated_access` is on: no body is taken from strangers.
            raise HTTPError(403)
        self.services.admission.request(user_key(self.current_user))
        await self.before_body()
        # A client that writes all of its body before it reads hears of the limit only if the rest
        # is taken from it, and thrown away; a body that is larger still is cut off.
        limit = max(2 * self.body_limit, READ_AWAY_BYTES)
        length = self.request.headers.get("Content-Length", "")
        if length.isdigit() and int(length) > limit:
            raise self._too_large(int(length))
        connection: Any = self.request.connection
        connection.set_max_body_size(limit)
        self._takes_body = True

    async def before_body(self) -> None:
        """What is to be settled before any of the body is read."""

    def data_received(self, chunk: bytes) -> Any:
        self._received_bytes += len(chunk)
        if self._received_bytes <= self.body_limit:
            self._received.append(chunk)
        else:
            self._received.clear()

    async def read_body(self, kind: type[T], *, optional: bool = False) -> T:
        """The body as a request.

        Raises
        ------
        InvalidRequest
            It is too large, no JSON, or not of this kind; the message names the field.
        """
        if optional and not b"".join(self._received).strip() and self._is_within_limit:
            return kind()
        return await self.read_decoded(lambda found: read_request(found, kind))

    async def read_decoded(self, read: Callable[[Any], Found]) -> Found:
        """What is made of the body, of which JSON has been read; a large one in a thread.

        Raises
        ------
        InvalidRequest
            It is too large, no JSON, or what ``read`` raises.
        """
        if not self._is_within_limit:
            raise self._too_large(self._received_bytes)
        body = b"".join(self._received)
        self._received.clear()
        if len(body) <= ON_LOOP_BYTES:
            return read(read_json(body))
        return await self.services.read_body(_read_large, body, read)

    @property
    def _is_within_limit(self) -> bool:
        return self._received_bytes <= self.body_limit

    def _too_large(self, size_bytes: int) -> BodyTooLarge:
        return BodyTooLarge(
            "", f"the body has {size_bytes} bytes or more; at most {self.body_limit} are allowed"
        )

    def query(self, *known: str) -> Query:
        """The query, in which only these keys may stand."""
        return Query(self.request.query_arguments, known)

    @property
    def who(self) -> str:
        """The person who asks, for the feed; empty where the server knows nobody by name."""
        return person(self.current_user)

    async def require(self, action: str, resource: str = RESOURCE) -> None:
        """Raise Denied where the user may not do this."""
        allowed = await ensure_async(
            self.authorizer.is_authorized(self, self.current_user, action, resource)
        )
        if not allowed:
            raise Denied(f"this needs the permission to {action} on {resource}")

    def run_id(self, text: str) -> str:
        """A run id from the address.

        Raises
        ------
        UnknownRun
            No run can have this id.
        """
        if not is_run_id(text):
            raise UnknownRun(shorten(text, 60))
        return text

    def finish(self, *args: Any, **kwargs: Any) -> Any:
        # An answer before the body is read, be it empty, ends the connection (tornado's way of not
        # reading it): a client that keeps connections, such as a Hub's proxy, must not send its
        # next request on this one.
        if not self._takes_body and not self._headers_written:
            self.set_header("Connection", "close")
        return super().finish(*args, **kwargs)

    def answer(self, found: Any, status: int = 200) -> None:
        """Answer with JSON; NaN and infinities become null."""
        self.set_status(status)
        self.finish(found if isinstance(found, bytes) else msgspec.json.encode(found))

    def answer_nothing(self, status: int = 204) -> None:
        """Answer without a body."""
        self.set_status(status)
        self.finish()

    def set_default_headers(self) -> None:
        super().set_default_headers()
        self.set_header("Cache-Control", "no-store")

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        error = kwargs.get("exc_info", (None, None, None))[1]
        status, wire = answer_of(status_code, error)
        wait = retry_after(error)
        if wait is not None:
            self.set_header("Retry-After", wait)
        if status == 405:
            self.set_header("Allow", methods_of(type(self)))
        self.answer(wire, status)

    def _request_summary(self) -> str:
        # As tornado logs it, without the query: a token can stand there.
        return f"{self.request.method} {self.request.path} ({self.request.remote_ip})"

    def log_exception(self, typ: Any, value: Any, tb: Any) -> None:
        if is_full(value):
            self.log.warning("%s %s: %s", self.request.method, self.request.path, value)
        elif isinstance(value, ProgressError) and value.status != 500:
            level = logging.DEBUG if value.status < 500 else logging.WARNING
            self.log.log(level, "%s %s: %s", self.request.method, self.request.path, value)
        else:
            super().log_exception(typ, value, tb)

    def on_finish(self) -> None:
        super().on_finish()
        services = self.settings.get("jupyter_progress_services")
        if services is not None and self.get_status() < 500:
            services.times.add("rest", self.request.request_time())


def _read_large(body: bytes, read: Callable[[Any], Found]) -> Found:
    with no_collection():
        return read(read_json(body))
