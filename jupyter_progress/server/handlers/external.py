"""``POST runs/{id}/events``: what a producer that shares no disk says of its run.

It is let in by the run's own token, which opens this address and no other one, or is a user who may
execute. The producer's token is looked at before Jupyter's own ways in are asked; whoever has none
is treated as on every other route.
"""

from __future__ import annotations

import asyncio
import inspect
from typing import Any

from jupyter_server.auth import User
from jupyter_server.auth.decorator import authorized
from tornado import web

from ...core.external import EventsRequest
from ...core.external_checks import check_events
from ...core.reading_requests import read_request
from ..run_tokens import admits, presented_bearer
from .base import RESOURCE, ProgressHandler


class RunProducer(User):
    """What trains a run elsewhere, known by that run's token."""


class _ProducerIdentity:
    """The server's own identity provider, which knows the producer of this run besides."""

    def __init__(self, provider: Any) -> None:
        self._provider = provider

    def __getattr__(self, name: str) -> Any:
        return getattr(self._provider, name)

    async def get_user(self, handler: Any) -> Any:
        token = presented_bearer(handler)
        run_id = handler.path_args[0]
        services = handler.services
        if token and await services.read(admits, services.data, run_id, token):
            # As a token does: a program is not subject to the checks against foreign pages.
            handler._token_authenticated = True
            return RunProducer(username=f"run {run_id}")
        user = self._provider.get_user(handler)
        return await user if inspect.isawaitable(user) else user


class _ProducerAuthorizer:
    """Lets a producer do the one thing that its token is for."""

    def is_authorized(self, handler: Any, user: Any, action: str, resource: str) -> bool:
        return action == "execute" and resource == RESOURCE


class RunEventsHandler(ProgressHandler):
    """``POST runs/{id}/events``."""

    def initialize(self) -> None:
        super().initialize()
        # Not use of the server by a person; that a run is at work is told by its progress.
        self._track_activity = False

    @property
    def identity_provider(self) -> Any:
        return _ProducerIdentity(super().identity_provider)

    @property
    def authorizer(self) -> Any:
        is_producer = isinstance(self.current_user, RunProducer)
        return _ProducerAuthorizer() if is_producer else super().authorizer

    @web.authenticated
    @authorized("execute", RESOURCE)
    async def post(self, run_id: str) -> None:
        self.services.check_open()
        self.query()
        self.run_id(run_id)
        events = await self.read_decoded(
            lambda found: check_events(read_request(found, EventsRequest))
        )
        external = self.services.external
        loop = asyncio.get_running_loop()
        self.answer(await loop.run_in_executor(external.threads, external.take, run_id, events))
