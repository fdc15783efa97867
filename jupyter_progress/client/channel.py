"""One connection to the stream: opened within a limit, read frame by frame, ended with a reason."""

from __future__ import annotations

import logging
import ssl
import time
from urllib.parse import urlencode

import msgspec
from websockets.exceptions import ConnectionClosed, InvalidStatus, WebSocketException
from websockets.sync.client import ClientConnection, connect

from ..core.wire import FINAL_CLOSE_CODES, Message
from .discovery import ServerAddress
from .rest import credentials, tls_context

MAX_FRAME_BYTES = 64 << 20  # a snapshot of many runs is one frame
CLOSE_TIMEOUT_S = 0.2  # a silent peer does not answer a closing handshake either

# At DEBUG that library writes every header, the token among them.
_QUIET = logging.getLogger("jupyter_progress.client.socket")
_QUIET.setLevel(logging.WARNING)

_MESSAGES = msgspec.json.Decoder(list[Message])


class ChannelEnded(Exception):
    """The connection is over.

    Parameters
    ----------
    why
        For a person.
    is_refused
        The handshake was answered with a status: REST says whether access is denied.
    is_silent
        The peer said nothing for too long.
    close_code
        The stream's last word, if it had one.
    """

    def __init__(
        self,
        why: str,
        *,
        is_refused: bool = False,
        is_silent: bool = False,
        close_code: int | None = None,
    ) -> None:
        super().__init__(why, is_refused, is_silent, close_code)
        self.why = why
        self.is_refused = is_refused
        self.is_silent = is_silent
        self.close_code = close_code

    def __str__(self) -> str:
        return self.why

    @property
    def is_final(self) -> bool:
        """Whether a client must not open the socket again by itself."""
        return self.close_code in FINAL_CLOSE_CODES


class Channel:
    """An open stream, from its ``hello`` on.

    Parameters
    ----------
    address
        The server.
    position
        ``(log_id, offset)`` to go on from; None for a snapshot.
    limit_s
        How long opening may take, ``hello`` included.

    Raises
    ------
    ChannelEnded
        It was refused, or there was no ``hello`` in time.
    """

    def __init__(
        self, address: ServerAddress, position: tuple[str, int] | None, limit_s: float
    ) -> None:
        deadline = time.monotonic() + limit_s
        self._socket = _open(address, position, limit_s)
        self._waiting: list[Message] = []
        self.heartbeat_s = 1.0
        try:
            self._waiting = self._greeting(max(0.01, deadline - time.monotonic()))
        except BaseException:
            self.close()
            raise
        self.heartbeat_s = max(0.05, float(self._waiting[0].heartbeat_s or 1.0))

    def _greeting(self, timeout_s: float) -> list[Message]:
        first = self.receive(timeout_s)
        if not first or first[0].type != "hello":
            raise ChannelEnded("the stream did not begin with hello")
        return first

    def receive(self, timeout_s: float) -> list[Message]:
        """The next frame's messages.

        Raises
        ------
        ChannelEnded
            Nothing came within the time, the peer closed, or a frame was not of its shape.
        """
        if self._waiting:
            first, self._waiting = self._waiting, []
            return first
        try:
            frame = self._socket.recv(timeout=timeout_s)
            messages = _MESSAGES.decode(frame)
        except TimeoutError:
            raise ChannelEnded("nothing was heard in time", is_silent=True) from None
        except ConnectionClosed as closed:
            raise _ending(closed) from None
        except msgspec.DecodeError as error:
            raise ChannelEnded(f"a frame could not be read: {error}") from None
        for message in messages:
            if message.type == "ping":
                self._send({"type": "pong", "id": message.id})
        return messages

    def close(self) -> None:
        """End it, from any thread; a reader in another one gets ChannelEnded."""
        self._socket.close()

    def _send(self, message: dict[str, object]) -> None:
        try:
            self._socket.send(msgspec.json.encode([message]).decode())
        except ConnectionClosed as closed:
            raise _ending(closed) from None


def _open(
    address: ServerAddress, position: tuple[str, int] | None, limit_s: float
) -> ClientConnection:
    query = urlencode({"log_id": position[0], "since": position[1]}) if position else ""
    url = "ws" + address.api_url.removeprefix("http") + "stream" + (f"?{query}" if query else "")
    tls: ssl.SSLContext | None = tls_context(address.url) if url.startswith("wss") else None
    try:
        opening = connect(
            url,
            ssl=tls,
            additional_headers=credentials(address),
            proxy=None,
            compression=None,
            open_timeout=limit_s,
            close_timeout=CLOSE_TIMEOUT_S,
            ping_interval=None,  # the application's heartbeat is what counts
            max_size=MAX_FRAME_BYTES,
            logger=_QUIET,
        )
        # Entered, not called: from websockets 17.1 on this is the one way without a warning. What
        # is entered is the connection itself or what makes it, depending on the version.
        return opening.__enter__()
    except InvalidStatus as error:
        status = error.response.status_code
        raise ChannelEnded(
            f"the socket was refused with status {status}", is_refused=True
        ) from None
    except TimeoutError:
        raise ChannelEnded("the socket did not open in time", is_silent=True) from None
    except (OSError, WebSocketException, EOFError) as error:
        raise ChannelEnded(f"the socket did not open: {type(error).__name__}") from None


def _ending(closed: ConnectionClosed) -> ChannelEnded:
    # Our own side's code (1009: a frame over the limit here) counts as much as the peer's.
    frame = closed.rcvd or closed.sent
    if frame is None:
        return ChannelEnded("the connection was cut", close_code=1006)
    return ChannelEnded(
        f"the stream was closed with {frame.code} {frame.reason}".rstrip(), close_code=frame.code
    )
