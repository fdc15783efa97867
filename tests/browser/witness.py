"""What a browser page did that nobody sees: its errors, and the hosts that it asked."""

from __future__ import annotations

from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request, WebSocket


class Witness:
    """Watches a page from now on.

    Attributes
    ----------
    errors
        What the page's console had to say as an error: failed requests, exceptions, and every
        violation of the page's content security policy.
    hosts
        Whom it asked, sockets included.
    """

    def __init__(self, page: Page) -> None:
        self.errors: list[str] = []
        self.hosts: set[str] = set()
        page.on("console", self._said)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("request", self._asked)
        page.on("websocket", self._opened)

    def _said(self, message: ConsoleMessage) -> None:
        if message.type == "error" or "Content Security Policy" in message.text:
            self.errors.append(f"{message.text} ({message.location.get('url')})")

    def _asked(self, request: Request) -> None:
        host = urlsplit(request.url).netloc
        if host:
            self.hosts.add(host)

    def _opened(self, socket: WebSocket) -> None:
        self.hosts.add(urlsplit(socket.url).netloc)


def asked_hosts(context: BrowserContext) -> set[str]:
    """Whom all pages of a profile ask from now on, sockets included; filled as they go."""
    hosts: set[str] = set()

    def note(url: str) -> None:
        if host := urlsplit(url).netloc:
            hosts.add(host)

    context.on("request", lambda request: note(request.url))
    context.on("page", lambda page: page.on("websocket", lambda socket: note(socket.url)))
    return hosts
