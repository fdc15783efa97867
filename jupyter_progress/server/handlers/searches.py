"""What belongs to a run that searches: its leaderboard, and giving up a candidate."""

from __future__ import annotations

import msgspec
from jupyter_server.auth.decorator import authorized
from tornado import web

from ...core.answers import CandidatesAnswer
from ...core.candidates import CandidateRow, leaderboard
from ...core.requests import SkipRequest
from ...core.state import RunState
from ...core.transitions import has_ended
from ...store.layout import RunDirectory
from ...training.skipping import ask_to_skip, check_candidate
from .base import RESOURCE
from .runs import RunHandler

CANDIDATES = 200
MAX_CANDIDATES = 100_000


class CandidatesHandler(RunHandler):
    """``GET runs/{id}/candidates``."""

    @web.authenticated
    @authorized("read", RESOURCE)
    async def get(self, run_id: str) -> None:
        limit = self.query("limit").whole("limit", CANDIDATES, 1, MAX_CANDIDATES)
        state = await self.state_of(run_id)
        self.answer(await self.services.read(self._answer, state, limit or CANDIDATES))

    def _answer(self, state: RunState, limit: int) -> bytes:
        """The answer as it is sent: of thousands of candidates, no work for the event loop."""
        rows = leaderboard_of(self, state)
        return msgspec.json.encode(CandidatesAnswer(candidates=rows[:limit], total=len(rows)))


class SkipHandler(RunHandler):
    """``POST runs/{id}/skip``."""

    @web.authenticated
    @authorized("execute", RESOURCE)
    async def post(self, run_id: str) -> None:
        candidate = (await self.read_body(SkipRequest, optional=True)).candidate
        check_candidate(candidate)
        state = await self.state_of(run_id)
        directory = await self.directory_of(run_id)
        await self.services.work(self._ask, directory, state, candidate)
        self.answer(await self.state_of(run_id), 202)

    def _ask(self, directory: RunDirectory, state: RunState, candidate: int | None) -> None:
        status = None
        if candidate is not None:
            rows = leaderboard_of(self, state)
            status = next((row.status for row in rows if row.candidate == candidate), None)
        facts = self.services.facts
        with facts.writing:
            ask_to_skip(
                directory,
                state,
                candidate=candidate,
                status=status,
                who=self.who,
                writer=facts.writer,
            )


def leaderboard_of(handler: RunHandler, state: RunState) -> list[CandidateRow]:
    """A run's leaderboard from the log; for a thread."""
    facts = handler.services.reader.search(state.run_id)
    return leaderboard(facts, state.running, is_over=has_ended(state.status))
