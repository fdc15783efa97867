"""``GET openapi.json``: the interface, described for programs."""

from __future__ import annotations

from jupyter_server.auth.decorator import authorized
from tornado import web

from .base import RESOURCE, ProgressHandler


class DescriptionHandler(ProgressHandler):
    """The description, with the address that this server has."""

    @web.authenticated
    @authorized("read", RESOURCE)
    async def get(self) -> None:
        self.query()
        # Imported when first asked for: hardly anybody asks, and it names all handlers.
        from ..openapi.document import document

        self.answer(await self.services.read(document, self.base_url))
