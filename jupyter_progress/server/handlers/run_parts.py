"""What belongs to one run: controls, metrics, output, registering its model."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal

from jupyter_server.auth.decorator import authorized
from tornado import web

from ...core.answers import MetricsAnswer, OutputAnswer, RegisteredAnswer
from ...core.names import check_model_name
from ...core.requests import Nothing, Registration
from ...core.state import RunState
from ...store.layout import RunDirectory
from ...training.controls import ask_to_stop
from ...training.resume import ask_to_resume
from ..deployment import register_run
from .base import RESOURCE
from .query import MAX_WHOLE
from .runs import RunHandler

OUTPUT_LIMIT = 1 << 20  # bytes that are looked at, however many lines were asked for
MAX_LINES = 10_000
LINES = 200
NAMES_LIMIT = 10_000
POINTS = 1000
MAX_POINTS = 100_000


class ControlHandler(RunHandler):
    """``POST runs/{id}/stop``, ``cancel`` and ``resume``."""

    @web.authenticated
    @authorized("execute", RESOURCE)
    async def post(self, run_id: str, action: Literal["stop", "cancel", "resume"]) -> None:
        if action == "resume":
            self.services.check_open()
        await self.read_body(Nothing, optional=True)
        state = await self.state_of(run_id)
        directory = await self.directory_of(run_id)
        await self.services.work(self._ask, directory, state, action)
        self.answer(await self.state_of(run_id), 202)

    def _ask(
        self, directory: RunDirectory, state: RunState, action: Literal["stop", "cancel", "resume"]
    ) -> None:
        facts = self.services.facts
        if action == "resume":
            ask_to_resume(
                directory, state, who=self.who, writer=facts.writer, writing=facts.writing
            )
        else:
            with facts.writing:
                ask_to_stop(directory, state, action=action, who=self.who, writer=facts.writer)
        self.services.indexer.wake()
        place = facts.last_about(directory)
        if place.sequence:
            facts.wait(place)


class MetricsHandler(RunHandler):
    """``GET runs/{id}/metrics``."""

    @web.authenticated
    @authorized("read", RESOURCE)
    async def get(self, run_id: str) -> None:
        query = self.query("names", "max_points", "since_step")
        names = query.text("names", limit=NAMES_LIMIT)
        max_points = query.whole("max_points", POINTS, 2, MAX_POINTS)
        since_step = query.number("since_step", None, -MAX_WHOLE, MAX_WHOLE)
        await self.state_of(run_id)
        series = await self.services.read(
            self.services.reader.series,
            run_id,
            names=split_names(names) if names else None,
            max_points=max_points,
            since_step=since_step,
        )
        self.answer(MetricsAnswer(series=series))


def split_names(text: str) -> list[str]:
    """The series that a query names: commas stand between, and one within a name is ``%2C``.

    That is ``%252C`` in the address; a ``%`` that is followed by ``2C`` or ``25`` is ``%25``.
    """
    names = (name.replace("%2C", ",").replace("%25", "%") for name in text.split(","))
    return [name for name in names if name]


class OutputHandler(RunHandler):
    """``GET runs/{id}/output``."""

    @web.authenticated
    @authorized("read", RESOURCE)
    async def get(self, run_id: str) -> None:
        lines = self.query("tail").whole("tail", LINES, 1, MAX_LINES)
        directory = await self.directory_of(run_id)
        text = await self.services.read(read_tail, directory.output, lines or LINES)
        self.answer(OutputAnswer(text=text))


def read_tail(path: Path, lines: int) -> str:
    """The last lines of a file; empty where it is not there yet."""
    try:
        with path.open("rb") as file:
            size_bytes = file.seek(0, os.SEEK_END)
            file.seek(max(0, size_bytes - OUTPUT_LIMIT))
            end = file.read(OUTPUT_LIMIT)
    except FileNotFoundError:
        return ""
    text = end.decode("utf-8", errors="replace")
    return "".join(text.splitlines(keepends=True)[-lines:])


class RegisterHandler(RunHandler):
    """``POST runs/{id}/register``."""

    @web.authenticated
    @authorized("execute", RESOURCE)
    async def post(self, run_id: str) -> None:
        name = check_model_name("name", (await self.read_body(Registration)).name)
        state = await self.state_of(run_id)
        version = await self.services.work(register_run, self.services, name, state, self.who)
        self.answer(RegisteredAnswer(name=name, version=version, run_id=run_id), 201)
