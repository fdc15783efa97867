"""The feed: paged, and notes of one's own."""

from __future__ import annotations

from typing import Any

from jupyter_server.auth.decorator import authorized
from tornado import web

from ...core.activity import LEVELS
from ...core.answers import ActivityAnswer
from ...core.names import NOTES_LIMIT, check_lines
from ...core.requests import Note
from ...errors import InvalidRequest, UnknownRun
from .base import RESOURCE, ProgressHandler
from .query import MAX_WHOLE

MAX_PAGE = 500
PAGE = 50
KIND_LIMIT = 60
WORDS_LIMIT = 200


class ActivityHandler(ProgressHandler):
    """``GET`` and ``POST activity``."""

    @web.authenticated
    @authorized("read", RESOURCE)
    async def get(self) -> None:
        query = self.query("level", "kind", "words", "run_id", "limit", "before")
        run_id = query.run_id("run_id")
        reader = self.services.reader
        if run_id is not None and await self.services.read(reader.run, run_id) is None:
            raise UnknownRun(run_id)
        lines, after = await self.services.read(
            reader.activity,
            level=query.choice("level", LEVELS),
            kind=query.text("kind", limit=KIND_LIMIT),
            words=query.text("words", limit=WORDS_LIMIT),
            run_id=run_id,
            limit=query.whole("limit", PAGE, 1, MAX_PAGE),
            before=query.whole("before", None, 1, MAX_WHOLE),
        )
        self.answer(ActivityAnswer(activity=lines, next=after))

    @web.authenticated
    @authorized("write", RESOURCE)
    async def post(self) -> None:
        note = await self.read_body(Note)
        check_text(note.text)
        self.services.check_open()
        if note.run_id is not None:
            await self.services.read(self.services.data.run, self.run_id(note.run_id))
        kept = await self.services.work(self._keep, note)
        self.answer(kept, 201)

    def _keep(self, note: Note) -> dict[str, Any]:
        facts = self.services.facts
        kept, place = facts.note(note.level, note.text, who=self.who, run_id=note.run_id)
        facts.wait(place)
        return kept


def check_text(text: str) -> None:
    """Raise InvalidRequest where a note says nothing or too much."""
    if not text.strip():
        raise InvalidRequest("text", "is empty; expected some text")
    if len(text) > NOTES_LIMIT:
        raise InvalidRequest("text", f"has {len(text)} characters; at most {NOTES_LIMIT}")
    check_lines("text", text)
