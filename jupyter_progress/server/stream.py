"""The live channel: hello, then a replay or a snapshot, then everything as it happens."""

from __future__ import annotations

import asyncio
import functools
import struct
import time
from collections.abc import Hashable
from typing import Any

import msgspec
from jupyter_core.utils import ensure_async
from jupyter_server.auth.decorator import ws_authenticated
from jupyter_server.base.handlers import JupyterHandler
from jupyter_server.base.websocket import WebSocketMixin
from tornado import web
from tornado.websocket import WebSocketHandler

from ..core.wire import (
    CLOSE_BAD_MESSAGE,
    CLOSE_MESSAGE_TOO_LARGE,
    CLOSE_PERMISSION_WITHDRAWN,
    CLOSE_POSITION_LOST,
    CLOSE_SERVER_CLOSING,
    CLOSE_TOO_SLOW,
    Message,
    durable_message,
)
from ..errors import Denied, InvalidRequest, ProgressError
from .admission import retry_after, user_key, viewer_key
from .catch_up import Position, read_published, resume_from
from .channel import Channel, ChannelBroken
from .client_frames import ClientFrames
from .frames import array_frame
from .handlers.answers import answer_of, methods_of
from .handlers.query import Query
from .hub_access import HubAccess
from .kernel_pass import KernelPassMixin
from .services import Services
from .subscriber import Subscriber

RESOURCE = "jupyter_progress"
REPLAY_CHUNK = 1000
REPLAY_STALLED_S = 30.0
CLOSE_TRY_AGAIN = 1011


class StreamHandler(KernelPassMixin, WebSocketMixin, WebSocketHandler, JupyterHandler):
    """``GET stream``."""

    # Jupyter's mixin has milliseconds here and tornado reads seconds; the pings of this handler
    # are its own, and browsers get heartbeats, for they cannot see pings.
    ping_interval = None
    ping_timeout = None

    def initialize(self) -> None:
        self.subscriber: Subscriber | None = None
        self._serving: asyncio.Task[None] | None = None
        self._position = Position(None, None)
        self._counted_as: str | None = None
        self._hub_access: HubAccess | None = None

    @property
    def services(self) -> Services:
        """The extension's parts."""
        return self.settings["jupyter_progress_services"]  # type: ignore[no-any-return]

    @property
    def max_message_size(self) -> int:
        # Above this tornado closes with 1009; between, with the code that says what was wrong.
        return 16 * self.services.options.max_message_bytes

    def set_default_headers(self) -> None:
        """A handshake has no use for the headers of pages."""

    def get_websocket_protocol(self) -> ClientFrames | None:
        """Tornado's protocol, which also looks at how and how often a client sends."""
        plain: Any = super().get_websocket_protocol()
        if plain is None:
            return None
        rate = self.services.options.max_messages_per_s
        return ClientFrames(plain, rate=rate, refuse=self._refuse)

    def get_compression_options(self) -> None:
        """No compression: it costs five times what it saves."""

    async def is_permitted(self) -> bool:
        """Whether the user may (still) read."""
        return bool(
            await ensure_async(
                self.authorizer.is_authorized(self, self.current_user, "read", RESOURCE)
            )
        )

    @ws_authenticated
    async def get(self) -> None:
        user = user_key(self.current_user)
        self.services.admission.request(user)
        if not await self.is_permitted():
            raise web.HTTPError(403)
        if not self.check_origin():
            # Tornado would refuse it too, but in its own words and not in JSON.
            raise Denied("a page of another origin may not open this stream")
        query = Query(self.request.query_arguments, ("log_id", "since"))
        self._position = Position(query.text("log_id"), query.offset("since"))
        headers = self.request.headers
        is_upgrade = "upgrade" in headers.get("Connection", "").lower()
        if not is_upgrade or headers.get("Upgrade", "").lower() != "websocket":
            raise InvalidRequest(
                "", "this address is a WebSocket's; ask GET events for the same by plain HTTP"
            )
        if self.services.is_closing or self.services.pulse.is_full:
            raise web.HTTPError(503)
        self.services.admission.enter(user)
        self._counted_as = user
        try:
            # Until the connection ends, or the handshake is refused.
            await super().get()
        finally:
            self._leave()

    def _leave(self) -> None:
        user, self._counted_as = self._counted_as, None
        if user is not None:
            self.services.admission.leave(user)

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        error = kwargs.get("exc_info", (None, None, None))[1]
        status, wire = answer_of(status_code, error)
        self.set_status(status)
        wait = retry_after(error)
        if wait is not None:
            self.set_header("Retry-After", wait)
        if status == 405:
            self.set_header("Allow", methods_of(type(self)))
        self.set_header("Content-Type", "application/json")
        self.finish(msgspec.json.encode(wire))

    def log_exception(self, typ: Any, value: Any, tb: Any) -> None:
        if not (isinstance(value, ProgressError) and value.status < 500):
            super().log_exception(typ, value, tb)

    # Not `super().open()`: the mixin's would start its pings.
    def open(self) -> None:
        options = self.services.options
        self.set_nodelay(True)
        try:
            channel = Channel(
                self,
                max_buffer_bytes=8 * options.max_pending_bytes + (16 << 20),
                on_drained=self._drained,
            )
        except ChannelBroken:
            return
        self.subscriber = Subscriber(
            channel,
            max_events=options.max_pending_events,
            max_bytes=options.max_pending_bytes,
        )
        self.services.pulse.watch(self)
        # In a task: messages from the client are read meanwhile.
        self._serving = asyncio.ensure_future(self._begin(self.subscriber))

    async def _begin(self, subscriber: Subscriber) -> None:
        try:
            since = await resume_from(self.services, self._position)
            if self.services.is_closing:
                subscriber.channel.close(CLOSE_SERVER_CLOSING, "the Jupyter server is going down")
            elif since is None:
                self._begin_with_snapshot(subscriber)
            else:
                await self._begin_with_replay(subscriber, since)
        except ChannelBroken:
            subscriber.channel.abort()
        except Exception:
            # One consumer's beginning failed: the others and the server go on.
            self.log.exception("a stream could not be begun")
            subscriber.channel.close(CLOSE_TRY_AGAIN, "the log could not be read; come back")

    def _hello(self, recovered: bool) -> bytes:
        live = self.services.live
        return msgspec.json.encode(
            Message(
                type="hello",
                log_id=live.log_id,
                offset=live.head,
                recovered=recovered,
                heartbeat_s=self.services.options.heartbeat_s,
            )
        )

    def _begin_with_snapshot(self, subscriber: Subscriber) -> None:
        """All at once, so that nothing can be published in between."""
        live = self.services.live
        snapshot = msgspec.json.encode(
            Message(
                type="snapshot",
                log_id=live.log_id,
                offset=live.head,
                data=msgspec.Raw(live.encoded_snapshot()),
            )
        )
        subscriber.channel.write(array_frame((self._hello(False), snapshot)))
        self.services.broadcaster.join(subscriber)

    async def _begin_with_replay(self, subscriber: Subscriber, since: int) -> None:
        """Read up to what has been published, and join in the very moment that it is reached."""
        live, channel = self.services.live, subscriber.channel
        channel.write(array_frame((self._hello(True),)))
        position = since
        while position < live.head:
            events = await read_published(self.services, position, REPLAY_CHUNK)
            if not events or events[0].offset != position + 1:
                channel.close(CLOSE_POSITION_LOST, "the log no longer has what follows; come back")
                return
            position = events[-1].offset
            channel.write(
                array_frame(msgspec.json.encode(durable_message(event)) for event in events)
            )
            if not await channel.drained(REPLAY_STALLED_S):
                channel.close(CLOSE_TOO_SLOW, "too slow; come back with your position")
                return
        if channel.is_closed or self.services.is_closing:
            return
        if live is not self.services.live:
            channel.close(CLOSE_POSITION_LOST, "the log was damaged and is made again; come back")
            return
        # No await between the loop's last look and here.
        self.services.broadcaster.join(subscriber)
        volatile = live.volatile()
        if volatile:
            channel.write(array_frame(map(msgspec.json.encode, volatile)))

    def _drained(self) -> None:
        subscriber = self.subscriber
        if subscriber is None:
            return
        try:
            subscriber.flush()
            self.services.broadcaster.resume(subscriber)
        except ChannelBroken:
            self.services.broadcaster.leave(subscriber)
            subscriber.channel.abort()

    def on_message(self, message: str | bytes) -> None:
        subscriber = self.subscriber
        if subscriber is None or subscriber.channel.is_closed:
            return
        limit = self.services.options.max_message_bytes
        size_bytes = len(message.encode()) if isinstance(message, str) else len(message)
        if size_bytes > limit:
            self._refuse(CLOSE_MESSAGE_TOO_LARGE, f"at most {limit} bytes")
            return
        asked = _read_ping(message)
        if asked is None:
            self._refuse(CLOSE_BAD_MESSAGE, 'expected {"type": "ping", "id": …}')
            return
        try:
            subscriber.reply(msgspec.json.encode({"type": "pong", "id": asked.get("id")}))
        except ChannelBroken:
            subscriber.channel.abort()
        self.services.broadcaster.look_at(subscriber)

    def _refuse(self, code: int, reason: str) -> None:
        if self.subscriber is not None:
            self.services.broadcaster.leave(self.subscriber)
            self.subscriber.channel.close(code, reason)

    def measure(self) -> None:
        """Ask for a pong; how long it takes is a response time of the socket."""
        if self.subscriber is not None:
            self.subscriber.channel.ping(struct.pack("!d", time.monotonic()))
            self.services.broadcaster.look_at(self.subscriber)

    def on_ping(self, data: bytes) -> None:
        # Tornado has answered by now; where the socket was full, the answer waits.
        if self.subscriber is not None:
            self.services.broadcaster.look_at(self.subscriber)

    def on_pong(self, data: bytes) -> None:
        if len(data) == 8:
            (sent,) = struct.unpack("!d", data)
            self.services.times.add("socket", max(0.0, time.monotonic() - sent))

    @functools.cached_property
    def viewer(self) -> Hashable:
        """Who watches; the same for all streams of one user, and of those who bear the token."""
        return viewer_key(self.current_user)

    def is_let_in(self) -> bool:
        """Whether a JupyterHub, if there is one, still lets the user in."""
        self._hub_access = self._hub_access or HubAccess(self)
        return self._hub_access.is_granted()

    def close_denied(self) -> None:
        """End the stream of a user who may no longer read."""
        self._refuse(CLOSE_PERMISSION_WITHDRAWN, "you may no longer read this")

    def close_unchecked(self) -> None:
        """End a stream of which nobody can say whether it may go on."""
        self._refuse(CLOSE_TRY_AGAIN, "your permission cannot be checked; come back")

    def on_close(self) -> None:
        self._leave()
        self.services.pulse.forget(self)
        if self.subscriber is not None:
            self.subscriber.channel.is_closed = True
            self.services.broadcaster.leave(self.subscriber)
        if self._serving is not None:
            self._serving.cancel()


def _read_ping(message: str | bytes) -> dict[str, Any] | None:
    if isinstance(message, bytes):
        return None
    try:
        asked = msgspec.json.decode(message)
    except (msgspec.DecodeError, RecursionError):
        return None
    if not isinstance(asked, dict) or asked.get("type") != "ping":
        return None
    identity = asked.get("id")
    return asked if identity is None or isinstance(identity, str | int | float) else None
