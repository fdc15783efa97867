"""A TCP proxy between a follower and a server that breaks connections the way networks do."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from urllib.parse import urlsplit

from jupyter_progress.client.discovery import ServerAddress


class FaultProxy:
    """Passes bytes on, unless told otherwise.

    Attributes
    ----------
    refuses_sockets
        Reset connections that ask for the stream; REST passes.
    refuses_all
        Reset every connection; :meth:`cut` then resets the open ones too.
    is_silent
        Swallow what the server says on open streams; nothing is closed.
    """

    def __init__(self, address: ServerAddress) -> None:
        self._target = urlsplit(address.url)
        self.refuses_sockets = False
        self.refuses_all = False
        self.is_silent = False
        self._cut_after: int | None = None
        self._streams: list[tuple[socket.socket, socket.socket]] = []
        self._others: list[tuple[socket.socket, socket.socket]] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        port = self._listener.getsockname()[1]
        self.address = ServerAddress(
            f"{self._target.scheme}://127.0.0.1:{port}{self._target.path}", address.token
        )
        threading.Thread(target=self._accept, daemon=True).start()

    def stop(self) -> None:
        self._listener.close()
        self.cut()

    def cut(self) -> None:
        """Reset all open streams, and what else is open where everything is refused."""
        for pair in [*self._streams, *(self._others if self.refuses_all else [])]:
            for end in pair:
                _reset(end)

    def cut_in_mid_frame(self) -> None:
        """Let three more bytes of the stream through, then reset it."""
        self._cut_after = 3

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with contextlib.suppress(OSError), client:
            head = client.recv(65536)
            is_stream = b"/stream" in head.split(b"\r\n", 1)[0]
            if self.refuses_all or (is_stream and self.refuses_sockets):
                _reset(client)
                return
            where = (self._target.hostname, self._target.port)
            with socket.create_connection(where) as server:
                server.sendall(head)
                among = self._streams if is_stream else self._others
                among.append((client, server))
                threading.Thread(target=_pump, args=(client, server), daemon=True).start()
                try:
                    self._answer(client, server, is_stream)
                finally:
                    among.remove((client, server))

    def _answer(self, client: socket.socket, server: socket.socket, is_stream: bool) -> None:
        while chunk := server.recv(65536):
            if is_stream and self.is_silent:
                continue
            if is_stream and self._cut_after is not None:
                client.sendall(chunk[: self._cut_after])
                self._cut_after = None
                _reset(client)
                return
            client.sendall(chunk)


def _pump(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while chunk := source.recv(65536):
            target.sendall(chunk)
        target.shutdown(socket.SHUT_WR)


def _reset(end: socket.socket) -> None:
    with contextlib.suppress(OSError):
        # No lingering: the peer gets a reset, not an orderly end.
        end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        end.shutdown(socket.SHUT_RDWR)
    end.close()
