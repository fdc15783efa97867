"""``GET status``, ``events``, ``health``, ``health/history``."""

from __future__ import annotations

import time

from jupyter_server.auth.decorator import authorized
from tornado import web

from ...core.health_columns import columns_of
from ...core.times import to_iso
from ...errors import Unavailable
from ..catch_up import Position, answer_events
from .base import RESOURCE, ProgressHandler

MAX_EVENTS = 5000
DEFAULT_EVENTS = 500
MAX_MINUTES = 1440.0
FORMS = ("samples", "columns")


class StatusHandler(ProgressHandler):
    """The snapshot."""

    @web.authenticated
    @authorized("read", RESOURCE)
    async def get(self) -> None:
        self.query()
        self.answer(self.services.live.encoded_snapshot())


class EventsHandler(ProgressHandler):
    """Catching up; what polling uses."""

    @web.authenticated
    @authorized("read", RESOURCE)
    async def get(self) -> None:
        query = self.query("log_id", "since", "limit")
        position = Position(query.text("log_id"), query.offset("since"))
        limit = query.whole("limit", DEFAULT_EVENTS, 1, MAX_EVENTS)
        self.answer(await answer_events(self.services, position, limit or DEFAULT_EVENTS))


class HealthHandler(ProgressHandler):
    """The machine now."""

    @web.authenticated
    @authorized("read", RESOURCE)
    async def get(self) -> None:
        self.query()
        health = self.services.monitor.latest
        if health is None:
            raise Unavailable("the first sample is being taken; ask again in a second")
        self.answer(health)


class HealthHistoryHandler(ProgressHandler):
    """The machine in the last minutes."""

    @web.authenticated
    @authorized("read", RESOURCE)
    async def get(self) -> None:
        query = self.query("minutes", "form")
        minutes = query.number("minutes", 60.0, 0.0, MAX_MINUTES) or 0.0
        samples = self.services.monitor.history(to_iso(time.time() - 60.0 * minutes))
        if query.choice("form", FORMS) == "columns":
            self.answer(await self.services.read(columns_of, samples))
        else:
            self.answer({"samples": samples})
