"""Tornado, a loop of ``write_message``."""

from __future__ import annotations

import asyncio

from tornado import web, websocket
from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets

from .contest import as_json, event, obey_async, say
from .orders_async import orders_async

sockets: set[websocket.WebSocketHandler] = set()


class Stream(websocket.WebSocketHandler):
    def open(self) -> None:
        self.set_nodelay(True)
        sockets.add(self)


async def send(index: int, events: int) -> None:
    message = b"[" + as_json(event(index, events)) + b"]"
    await asyncio.gather(*[client.write_message(message) for client in sockets])


async def main() -> None:
    bound = bind_sockets(0, "127.0.0.1", backlog=4096)
    HTTPServer(web.Application([("/", Stream)])).add_sockets(bound)
    say({"url": f"ws://127.0.0.1:{bound[0].getsockname()[1]}/"})
    async for order in orders_async():
        say(await obey_async(order, send, asyncio.sleep))


if __name__ == "__main__":
    asyncio.run(main())
