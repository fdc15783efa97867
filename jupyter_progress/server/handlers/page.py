"""The page at ``{base_url}jupyter-progress/``: an empty shell, and the files that fill it."""

from __future__ import annotations

import hashlib
import json
import re
from html import escape
from pathlib import Path
from typing import Any

from jupyter_server.auth.decorator import authorized
from jupyter_server.base.handlers import JupyterHandler
from tornado import web
from tornado.web import HTTPError

from ...panel.assets import UnknownStaticFile, static_file
from ..admission import retry_after, user_key
from ..kernel_pass import KernelPassMixin
from .answers import answer_of, methods_of
from .base import RESOURCE

SHELL = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="same-origin">
<title>Training progress</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="{static}page.css">
</head>
<body>
<div id="jupyter-progress"></div>
<noscript>This page shows training as it happens; it needs JavaScript.</noscript>
<script id="jupyter-config-data" type="application/json">{config}</script>
<script type="module" src="{static}page.js"></script>
</body>
</html>
"""
CONTENT_TYPES = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".map": "application/json",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".png": "image/png",
}
HOST = re.compile(r"[A-Za-z0-9._~-]+(:[0-9]+)?|\[[0-9A-Fa-f:.]+\](:[0-9]+)?", re.ASCII)


class BrowserHandler(KernelPassMixin, JupyterHandler):
    """Base of what a browser asks for by itself: an error is a line of plain text."""

    async def prepare(self, *, _redirect_to_login: bool = True) -> None:
        await super().prepare(_redirect_to_login=_redirect_to_login)
        if self.current_user is not None and not self._finished:
            services = self.settings["jupyter_progress_services"]
            services.admission.request(user_key(self.current_user))

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        error = kwargs.get("exc_info", (None, None, None))[1]
        status, wire = answer_of(status_code, error)
        wait = retry_after(error)
        if wait is not None:
            self.set_header("Retry-After", wait)
        self.set_status(status)
        if status == 405:
            self.set_header("Allow", methods_of(type(self)))
        self.set_header("Content-Type", "text/plain; charset=utf-8")
        self.set_header("Cache-Control", "no-store")
        self.finish(f"{wire['message']}\n")


class NothingHereHandler(BrowserHandler):
    """Any other address below the page's."""

    @web.authenticated
    @authorized("read", RESOURCE)
    async def get(self, _path: str) -> None:
        raise HTTPError(404)

    head = post = put = patch = delete = get


class PageHandler(BrowserHandler):
    """The shell."""

    @property
    def content_security_policy(self) -> str:
        policy = super().content_security_policy
        return "; ".join(
            [
                policy,
                "default-src 'none'",
                "script-src 'self'",
                "style-src 'self'",
                "img-src 'self' data:",
                "font-src 'self'",
                f"connect-src {' '.join(self._connect_sources())}",
                "base-uri 'none'",
                "form-action 'none'",
            ]
        )

    def _connect_sources(self) -> list[str]:
        sources = ["'self'"]
        host = self.request.headers.get("Host", "")
        if HOST.fullmatch(host):
            # Some browsers do not count a socket of the same host as 'self'.
            sources += [f"ws://{host}", f"wss://{host}"]
        origin = re.match(r"wss?://[A-Za-z0-9.:\[\]-]+", self.ws_url or "")
        return [*sources, origin[0]] if origin else sources

    @web.authenticated
    @authorized("read", RESOURCE)
    async def get(self) -> None:
        # Asking for it sets the cookie that the page needs for anything but reading.
        _ = self.xsrf_token
        config = json.dumps({"baseUrl": self.base_url, "wsUrl": self.ws_url or ""})
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.set_header("Cache-Control", "no-store")
        self.finish(
            SHELL.format(
                static=escape(f"{self.base_url}jupyter-progress/static/"),
                config=config.replace("<", "\\u003c"),
            )
        )


class PageRedirectHandler(BrowserHandler):
    """The same without the slash at the end."""

    @web.authenticated
    @authorized("read", RESOURCE)
    async def get(self) -> None:
        self.redirect(f"{self.base_url}jupyter-progress/")


class StaticHandler(BrowserHandler):
    """The built front end: its scripts and styles."""

    def check_xsrf_cookie(self) -> None:
        # A module's import carries no header of ours, and a JupyterHub asks for one with all that
        # is not a navigation. What a page of this origin reads here is the same for everybody.
        if self.request.headers.get("Sec-Fetch-Site") != "same-origin":
            super().check_xsrf_cookie()

    @web.authenticated
    @authorized("read", RESOURCE)
    async def get(self, name: str) -> None:
        services = self.settings["jupyter_progress_services"]
        content = await services.read(read_asset, name)
        if content is None:
            raise HTTPError(404, "the front end has no such file")
        digest = hashlib.sha256(content).hexdigest()[:32]
        self.set_header("Content-Type", CONTENT_TYPES[Path(name).suffix])
        # Asked about each time, sent only when it has changed: an upgrade is seen at once.
        self.set_header("Cache-Control", "no-cache")
        self.set_header("ETag", f'"{digest}"')
        if self.check_etag_header():
            self.set_status(304)
            self.finish()
            return
        self.finish(content)

    def compute_etag(self) -> Any:
        return None  # set above, from the file


def read_asset(name: str) -> bytes | None:
    """A file of the front end; None where there is none of this name."""
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*", name, re.ASCII):
        return None
    if Path(name).suffix not in CONTENT_TYPES:
        return None
    try:
        return static_file(name).read_bytes()
    except (UnknownStaticFile, FileNotFoundError):
        return None
