"""picows, whose framing and sending are compiled."""

from __future__ import annotations

import asyncio

from picows import WSListener, WSMsgType, WSTransport, WSUpgradeRequest, ws_create_server

from .contest import as_json, event, obey_async, say
from .orders_async import orders_async

sockets: set[WSTransport] = set()


class Stream(WSListener):
    def on_ws_connected(self, transport: WSTransport) -> None:
        sockets.add(transport)

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        sockets.discard(transport)


def accept(request: WSUpgradeRequest) -> Stream:
    return Stream()


async def send(index: int, events: int) -> None:
    message = b"[" + as_json(event(index, events)) + b"]"
    for client in sockets:
        client.send(WSMsgType.TEXT, message)


async def main() -> None:
    server = await ws_create_server(accept, "127.0.0.1", 0)
    say({"url": f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}/"})
    async for order in orders_async():
        say(await obey_async(order, send, asyncio.sleep))


if __name__ == "__main__":
    asyncio.run(main())
