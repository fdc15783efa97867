"""Addresses below the interface at which there is nothing."""

from __future__ import annotations

from jupyter_server.auth.decorator import authorized
from tornado import web
from tornado.web import HTTPError

from .base import RESOURCE, ProgressHandler


class ElsewhereHandler(ProgressHandler):
    """Answers 404 in the shape of every other error, to those who may read."""

    @web.authenticated
    @authorized("read", RESOURCE)
    async def get(self) -> None:
        raise HTTPError(404)

    head = post = put = patch = delete = get
