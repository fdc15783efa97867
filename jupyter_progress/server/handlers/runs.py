"""Runs: starting, listing, reading, renaming, deleting."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
from jupyter_server.auth.decorator import authorized
from tornado import web
from tornado.escape import url_escape

from ...core.answers import AnnouncedAnswer, Facet, FacetsAnswer, RunsAnswer
from ...core.external import ExternalRequest
from ...core.functions import FunctionRequest
from ...core.named_uploads import PICKLED, named_uploads
from ...core.names import PAGE_START_LIMIT, check_label, is_page_start
from ...core.queueing import queue_of
from ...core.requests import (
    Executor,
    RunChange,
    check_notes,
    check_tags,
)
from ...core.run_query import VALUES_MOST, WORDS_LIMIT, RunQuery, read_run_query
from ...core.run_requests import AnyRequest, KeptRequest, read_run_request
from ...core.state import RunState
from ...core.transitions import is_active
from ...errors import InvalidRequest, Unavailable, UnknownRun
from ...store.layout import RunDirectory
from ...training.submit import create_run
from ..facts import Place
from ..idempotency import Reserved, reserve_now
from ..retention import delete_run
from .base import RESOURCE, ProgressHandler

MAX_PAGE = 200
PAGE = 50
CAUGHT_UP_WITHIN_S = 30.0
FOUND_BY = ("q", "status", "tag", "estimator", "metric", "sort")


class RunHandler(ProgressHandler):
    """Base of the handlers about one run."""

    async def state_of(self, run_id: str) -> RunState:
        """A run's newest state.

        Raises
        ------
        UnknownRun
            There is no such run.
        """
        self.run_id(run_id)
        state = await self.services.read(self.services.indexer.live_state, run_id)
        if state is None:
            raise UnknownRun(run_id)
        return self._in_line(state)

    def _in_line(self, state: RunState) -> RunState:
        """A queued run with its place: the log knows each run by itself."""
        others = [run for run in self.services.live.active_runs() if run.run_id != state.run_id]
        line = queue_of([*others, state])
        return msgspec.structs.replace(
            state, queue_place=line.index(state) + 1 if state in line else None
        )

    async def directory_of(self, run_id: str) -> RunDirectory:
        """A run's directory."""
        return await self.services.read(self.services.data.run, self.run_id(run_id))


class RunsHandler(RunHandler):
    """``GET`` and ``POST runs``."""

    @web.authenticated
    @authorized("read", RESOURCE)
    async def get(self) -> None:
        query = self.query(*FOUND_BY, "limit", "before")
        before = query.given("before", limit=PAGE_START_LIMIT)
        if before is not None and not is_page_start(before):
            raise InvalidRequest("before", "expected the 'next' of the page before")
        wanted = read_run_query(
            q=query.text("q", limit=WORDS_LIMIT),
            status=query.texts("status", VALUES_MOST),
            tag=query.texts("tag", VALUES_MOST, may_be_empty=True),
            estimator=query.texts("estimator", VALUES_MOST),
            metric=query.texts("metric", VALUES_MOST),
            sort=query.given("sort"),
        )
        limit = query.whole("limit", PAGE, 1, MAX_PAGE) or PAGE
        runs, following, total = await self.services.read(self._page, wanted, limit, before)
        # What is going on is further than its last logged event says.
        live = self.services.live
        shown = [live.run(run.run_id) or run if is_active(run.status) else run for run in runs]
        self.answer(RunsAnswer(runs=shown, next=following, total=total))

    def _page(
        self, query: RunQuery, limit: int, before: str | None
    ) -> tuple[list[RunState], str | None, int]:
        reader = self.services.reader
        return *reader.runs(query, limit, before), reader.count_runs(query)

    @web.authenticated
    @authorized("execute", RESOURCE)
    async def post(self) -> None:
        self.services.check_open()
        request = await self.read_decoded(read_run_request)
        if isinstance(request, ExternalRequest):
            await self._announce(request)
            return
        if await self._runs_code(request):
            await self.require("execute", "kernels")
        reserve = self._reservation(request)
        reserved = await self.services.work(reserve)
        # A repetition is answered with the first run, whatever became of its data since.
        if not await self.services.read(self._exists, reserved.run_id):
            await self.services.check(request)
        run_id = await self.services.work(self._create, request, reserve)
        self.set_header("Location", f"{self.request.path.rstrip('/')}/{url_escape(run_id)}")
        self.answer(await self.state_of(run_id), 201)

    async def _announce(self, request: ExternalRequest) -> None:
        """Make a run that trains elsewhere, and tell its token: this once."""
        reserve = self._reservation(request)
        run_id, token = await self.services.work(self._create_external, request, reserve)
        self.set_header("Location", f"{self.request.path.rstrip('/')}/{url_escape(run_id)}")
        silence_s = self.services.external.silence_s
        self.answer(AnnouncedAnswer(run_id=run_id, token=token, silence_s=silence_s), 201)

    def _create_external(
        self, request: ExternalRequest, reserve: Callable[[], Reserved]
    ) -> tuple[str, str]:
        services = self.services
        with services.creating:
            run_id = reserve().run_id
            token, place = services.external.announce(request, reserve(), self.who)
        services.facts.wait(place)
        return run_id, token

    async def _runs_code(self, request: KeptRequest) -> bool:
        """Whether the request brings code of its own: an interpreter, an object, a pickle."""
        if isinstance(request, FunctionRequest):
            return True
        named = named_uploads(msgspec.to_builtins(request))
        if request.executor is not None or "estimator.upload" in named:
            return True
        if request.dataset["source"] == "load" or "scoring.upload" in named:
            return True
        for upload in named.values():
            kept = await self.services.read(self.services.uploads.meta, upload)
            if kept["format"] in PICKLED:
                return True
        return False

    def _reservation(self, request: AnyRequest) -> Callable[[], Reserved]:
        """What answers the identity of the run that is asked for; the same one each time."""
        key = self.request.headers.get("Idempotency-Key")
        if not key:
            fresh = reserve_now()
            return lambda: fresh
        return lambda: self.services.idempotency.reserve(
            key, msgspec.json.encode(request, order="sorted"), self._is_gone
        )

    def _exists(self, run_id: str) -> bool:
        return (self.services.data.runs / run_id).is_dir()

    def _is_gone(self, run_id: str) -> bool:
        if self._exists(run_id):
            return False
        indexer = self.services.indexer
        # Only a log that has taken in all there is can tell a deleted run from one never made.
        if not indexer.caught_up(CAUGHT_UP_WITHIN_S):
            raise Unavailable("the log is being made again; ask again in a minute")
        return indexer.is_forgotten(run_id) or indexer.live_state(run_id) is not None

    def _create(self, request: KeptRequest, reserve: Callable[[], Reserved]) -> str:
        services = self.services
        writer = services.facts.writer
        root_dir = str(services.options.root_dir)
        if request.executor is None:
            request = msgspec.structs.replace(request, executor=Executor(cwd=root_dir))
        with services.creating:
            # Asked again, now that nothing is deleted at the same time.
            reserved = reserve()
            if not self._exists(reserved.run_id):
                create_run(
                    services.data,
                    request,
                    who=self.who,
                    writer=writer,
                    limits=services.options.run_limits,
                    time=reserved.time,
                    entropy=reserved.entropy,
                )
        services.indexer.wake()
        services.facts.wait(Place(reserved.run_id, writer, 1))
        return reserved.run_id


class FacetsHandler(ProgressHandler):
    """``GET facets``."""

    @web.authenticated
    @authorized("read", RESOURCE)
    async def get(self) -> None:
        self.query()
        found = await self.services.read(self.services.reader.facets)
        facets = {
            kind: [Facet(name=name, runs=runs) for name, runs in rows]
            for kind, rows in found.items()
        }
        self.answer(FacetsAnswer(**facets))


class OneRunHandler(RunHandler):
    """``GET``, ``PATCH`` and ``DELETE runs/{id}``."""

    @web.authenticated
    @authorized("read", RESOURCE)
    async def get(self, run_id: str) -> None:
        self.query()
        self.answer(await self.state_of(run_id))

    @web.authenticated
    @authorized("write", RESOURCE)
    async def patch(self, run_id: str) -> None:
        change = await self.read_body(RunChange)
        _check_change(change)
        state = await self.state_of(run_id)
        directory = await self.directory_of(run_id)
        if change != RunChange():
            await self.services.work(self._journal, directory, state, change)
        self.answer(await self.state_of(run_id))

    def _journal(self, directory: RunDirectory, state: RunState, change: RunChange) -> None:
        services = self.services
        # One at a time: the fact tells all three, so that it must be made from the newest state.
        with services.creating:
            newest = services.indexer.live_state(state.run_id) or state
            data = {
                key: getattr(newest, key) if value is None else value
                for key, value in msgspec.to_builtins(change).items()
            }
            place = services.facts.about_run(
                directory, "run_updated", data, name=newest.name, who=self.who
            )
            services.facts.wait(place)

    @web.authenticated
    @authorized("write", RESOURCE)
    async def delete(self, run_id: str) -> None:
        state = await self.state_of(run_id)
        await self.services.work(delete_run, self.services, state, self.who)
        self.answer_nothing()


def _check_change(change: RunChange) -> None:
    if change.name is not None:
        check_label("name", change.name)
    if change.tags is not None:
        check_tags(change.tags)
    if change.notes is not None:
        check_notes(change.notes)
