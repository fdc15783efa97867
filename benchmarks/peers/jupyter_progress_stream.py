"""This project's stream as the extension runs it: a Jupyter server, a token, a log behind it.

Loaded as a further server extension. Events are notes, journalled and logged like everybody's; the
moment of a send is that at which the broadcaster is given what was committed.
"""

from __future__ import annotations

import threading
import time
from typing import Any

from jupyter_server.serverapp import ServerApp

from .contest import EVENT_BYTES, mark, orders, say, words

EMPTY_NOTE_BYTES = 183  # what a message is around the text of a note; checked when measured


class Driver:
    """Has notes journalled, and takes down when their batches are published."""

    def __init__(self, services: Any) -> None:
        self._services = services
        self._published = threading.Semaphore(0)
        self._sent: list[float] = []
        self._publish = services.broadcaster.publish
        services.broadcaster.publish = self._notice
        self.frames = 0

    def _notice(self, batches: list[Any]) -> None:
        notes = sum(
            message.type == "activity_update" for batch in batches for message in batch.durable
        )
        if notes:
            self._sent += [time.monotonic()] * notes
            self.frames += 1
            self._published.release(notes)
        self._publish(batches)

    def _note(self, index: int, events: int) -> None:
        text = mark(index, events)
        text += words(index, EVENT_BYTES - EMPTY_NOTE_BYTES - len(text))
        self._services.facts.note("info", text, who="", run_id=None)

    def obey(self, order: dict[str, Any]) -> dict[str, Any]:
        self._sent, self.frames = [], 0
        events = order["events"]
        begun = time.monotonic()
        for index in range(events):
            self._note(index, events)
            if order["do"] == "flood":
                self._published.acquire()  # the next is committed while this one is sent
            elif order["do"] == "pace":
                time.sleep(max(0.0, begun + (index + 1) / order["per_s"] - time.monotonic()))
        while len(self._sent) < events:
            time.sleep(0.01)
        self._published = threading.Semaphore(0)
        return {"sent": self._sent, "frames": self.frames}


def _serve(app: ServerApp) -> None:
    settings = app.web_app.settings
    while "jupyter_progress_services" not in settings or not app.connection_url:
        time.sleep(0.05)
    services = settings["jupyter_progress_services"]
    while services._loop is None:
        time.sleep(0.05)
    driver = Driver(services)
    address = f"ws://127.0.0.1:{app.port}{app.base_url}jupyter-progress/api/v1/stream"
    say({"url": address})
    for order in orders():
        say(driver.obey(order))


def _load_jupyter_server_extension(app: ServerApp) -> None:
    threading.Thread(target=_serve, args=(app,), daemon=True).start()


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": __name__}]
