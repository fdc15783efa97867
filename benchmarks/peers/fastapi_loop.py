"""FastAPI under uvicorn, a loop of ``send_json``, as connection managers for it are written.

With ``--as-it-comes`` uvicorn compresses for each subscriber that offers it, as browsers do: that
is its default.
"""

from __future__ import annotations

import asyncio
import socket
import sys

import uvicorn
from fastapi import FastAPI, WebSocket, WebSocketDisconnect

from .contest import event, obey_async, say
from .orders_async import orders_async

app = FastAPI()
sockets: list[WebSocket] = []


@app.websocket("/")
async def stream(client: WebSocket) -> None:
    await client.accept()
    sockets.append(client)
    try:
        while True:
            await client.receive_text()
    except WebSocketDisconnect:
        sockets.remove(client)


async def send(index: int, events: int) -> None:
    message = event(index, events)
    for client in sockets:
        await client.send_json(message)


async def main() -> None:
    listener = socket.create_server(("127.0.0.1", 0), backlog=4096)
    deflates = "--as-it-comes" in sys.argv
    config = uvicorn.Config(app, log_level="error", ws_per_message_deflate=deflates)
    serving = asyncio.create_task(uvicorn.Server(config).serve(sockets=[listener]))
    say({"url": f"ws://127.0.0.1:{listener.getsockname()[1]}/"})
    async for order in orders_async():
        say(await obey_async(order, send, asyncio.sleep))
    serving.cancel()


if __name__ == "__main__":
    asyncio.run(main())
