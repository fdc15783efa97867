"""The yardstick: non-blocking sockets, the frame built once, ``socket.send`` to each."""

from __future__ import annotations

import base64
import hashlib
import select
import socket
import threading

from .contest import as_json, event, frame, obey, orders, say

KEY = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


def accept_forever(listener: socket.socket, sockets: list[socket.socket]) -> None:
    while True:
        client, _ = listener.accept()
        request = b""
        while b"\r\n\r\n" not in request:
            request += client.recv(65536)
        key = next(
            line.split(b":", 1)[1].strip()
            for line in request.split(b"\r\n")
            if line.lower().startswith(b"sec-websocket-key:")
        )
        accepted = base64.b64encode(hashlib.sha1(key + KEY).digest())
        client.sendall(
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Accept: " + accepted + b"\r\n\r\n"
        )
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        client.setblocking(False)
        sockets.append(client)


def main() -> None:
    sockets: list[socket.socket] = []
    waiting: dict[int, tuple[socket.socket, bytearray]] = {}
    poll = select.epoll()
    listener = socket.create_server(("127.0.0.1", 0), backlog=4096)
    threading.Thread(target=accept_forever, args=(listener, sockets), daemon=True).start()
    say({"url": f"ws://127.0.0.1:{listener.getsockname()[1]}/"})

    def drain(timeout_s: float) -> None:
        for number, _ in poll.poll(timeout_s):
            client, rest = waiting[number]
            del rest[: client.send(rest)]
            if not rest:
                poll.unregister(number)
                del waiting[number]

    def send(index: int, events: int) -> None:
        data = frame(b"[" + as_json(event(index, events)) + b"]")
        size = len(data)
        for client in sockets:
            if client.fileno() in waiting:
                waiting[client.fileno()][1].extend(data)
                continue
            try:
                sent = client.send(data)
            except BlockingIOError:
                sent = 0
            if sent < size:
                waiting[client.fileno()] = (client, bytearray(data[sent:]))
                poll.register(client, select.EPOLLOUT)
        while waiting:
            drain(-1 if index == events - 1 else 0)
            if index < events - 1:
                break

    for order in orders():
        say(obey(order, send))


if __name__ == "__main__":
    main()
