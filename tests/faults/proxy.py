"""A TCP proxy that cuts, delays and stalls connections at any byte, decided by a seed."""

from __future__ import annotations

import contextlib
import random
import socket
import struct
import threading
from dataclasses import dataclass
from urllib.parse import urlsplit

from jupyter_progress.client.discovery import ServerAddress


@dataclass(frozen=True)
class Fate:
    """What becomes of one direction of one connection.

    Parameters
    ----------
    kind
        ``pass``, ``cut`` (a reset), ``end`` (closed as if in good order), ``stall`` (bytes are
        swallowed and nothing is closed), ``delay`` (every piece waits, in pieces of any size).
    after_bytes
        How much passes before.
    """

    kind: str
    after_bytes: int = 0
    delay_s: float = 0.0
    piece_bytes: int = 65536


class ChaosProxy:
    """Passes bytes between clients and a server, until a connection meets its fate.

    The n-th connection has the same fate in every run with the same seed.

    Attributes
    ----------
    is_calm
        Whether connections that open from now on are left alone.
    answers
        The fate of what the server says, for connections that open from now on; None: drawn.
    fates
        What was decided, for the report of a failure.
    """

    def __init__(self, address: ServerAddress, seed: int | str) -> None:
        target = urlsplit(address.url)
        self._where = (target.hostname or "127.0.0.1", target.port or 80)
        self._seed = seed
        self.is_calm = False
        self.answers: Fate | None = None
        self.fates: list[tuple[Fate, Fate]] = []
        self._ends: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=512)
        port = self._listener.getsockname()[1]
        url = f"{target.scheme}://127.0.0.1:{port}{target.path}"
        self.address = ServerAddress(url, address.token)
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.cut_all()
        self._thread.join(2)

    def calm(self) -> None:
        """No further faults: what is open is cut, what opens next passes."""
        self.is_calm = True
        self.cut_all()

    def open_connections(self) -> int:
        """How many connections pass through at this moment."""
        with self._lock:
            return len(self._ends) // 2

    def cut_all(self) -> None:
        """Reset every open connection."""
        with self._lock:
            ends = list(self._ends)
        for end in ends:
            _reset(end)

    def _fate(self, drawn: random.Random) -> Fate:
        kind = drawn.choice(["pass", "cut", "cut", "end", "stall", "delay"])
        # Frames are short, snapshots long: all sizes are met about as often.
        after = int(2 ** drawn.uniform(0, 16))
        return Fate(kind, after, drawn.uniform(0.001, 0.15), int(2 ** drawn.uniform(0, 11)))

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                drawn = random.Random(f"{self._seed}-{len(self.fates)}")
                calm = Fate("pass")
                both = (calm, calm) if self.is_calm else (self._fate(drawn), self._fate(drawn))
                # What clients say is short; most faults hit what they are told.
                fates = (both[0] if drawn.random() < 0.3 else calm, both[1])
                if self.answers is not None:
                    fates = (calm, self.answers)
                self.fates.append(fates)
                threading.Thread(target=self._serve, args=(client, fates), daemon=True).start()

    def _serve(self, client: socket.socket, fates: tuple[Fate, Fate]) -> None:
        with contextlib.suppress(OSError), client, socket.create_connection(self._where) as server:
            pair = {client, server}
            with self._lock:
                self._ends |= pair
            try:
                up = threading.Thread(target=_pump, args=(client, server, fates[0]), daemon=True)
                up.start()
                _pump(server, client, fates[1])
                up.join()
            finally:
                with self._lock:
                    self._ends -= pair


def _pump(source: socket.socket, target: socket.socket, fate: Fate) -> None:
    left = fate.after_bytes
    with contextlib.suppress(OSError):
        while chunk := source.recv(fate.piece_bytes if fate.kind == "delay" else 65536):
            if fate.kind in ("cut", "end", "stall") and len(chunk) >= left:
                target.sendall(chunk[:left])
                _meet(fate.kind, source, target)
                return
            if fate.kind == "delay" and left <= 0:
                threading.Event().wait(fate.delay_s)
            left -= len(chunk)
            target.sendall(chunk)
        target.shutdown(socket.SHUT_WR)


def _meet(kind: str, source: socket.socket, target: socket.socket) -> None:
    if kind == "cut":
        _reset(target)
        _reset(source)
    elif kind == "end":
        target.shutdown(socket.SHUT_RDWR)
        source.shutdown(socket.SHUT_RDWR)
    else:
        while source.recv(65536):
            pass


def _reset(end: socket.socket) -> None:
    """Without lingering: the peer gets a reset, not an orderly end."""
    with contextlib.suppress(OSError):
        end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        end.shutdown(socket.SHUT_RDWR)
    with contextlib.suppress(OSError):
        end.close()
