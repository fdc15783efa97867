"""The websockets library's own ``broadcast``."""

from __future__ import annotations

import asyncio

from websockets.asyncio.server import ServerConnection, broadcast, serve

from .contest import as_json, event, obey_async, say
from .orders_async import orders_async

sockets: set[ServerConnection] = set()


async def stream(client: ServerConnection) -> None:
    sockets.add(client)
    await client.wait_closed()


async def send(index: int, events: int) -> None:
    broadcast(sockets, (b"[" + as_json(event(index, events)) + b"]").decode())


async def main() -> None:
    async with serve(stream, "127.0.0.1", 0, compression=None, ping_interval=None) as server:
        say({"url": f"ws://127.0.0.1:{next(iter(server.sockets)).getsockname()[1]}/"})
        async for order in orders_async():
            say(await obey_async(order, send, asyncio.sleep))


if __name__ == "__main__":
    asyncio.run(main())
