"""Somebody with an account at the Hub: a browser, a token of their own, a server."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Browser, Page

from ..rest_caller import SCALE, RestCaller
from .hub_process import HubProcess

GOING_ON = ("queued", "running", "stopping")


class Person(RestCaller):
    """One user of the Hub.

    Parameters
    ----------
    name
        As it is typed at the Hub's login.
    hub
        Where the account is.
    browser
        Gives the browser, once a page is looked at; a script needs none.
    """

    def __init__(self, name: str, hub: HubProcess, browser: Callable[[], Browser]) -> None:
        self.name = name
        self.hub = hub
        self.token = hub.token_of(name)
        self._browser = browser
        self._page: Page | None = None

    @property
    def page(self) -> Page:
        """The one page of a browser profile of their own."""
        if self._page is None:
            context = self._browser().new_context(viewport={"width": 1200, "height": 900})
            context.set_default_timeout(30_000 * SCALE)
            self._page = context.new_page()
        return self._page

    def kernel_token(self) -> str:
        """What lets the kernels of their server in, as it lies in their home."""
        return next(self.root.rglob("token-*")).read_text("ascii")

    @property
    def url(self) -> str:
        """Their server's address; ends in a slash. (Named as in a JupyterProcess.)"""
        return self.hub.user_url(self.name)

    @property
    def root(self) -> Path:
        """Where their notebooks lie."""
        return self.hub.home(self.name)

    def open(self, path: str = "jupyter-progress/") -> None:
        """Open an address of their server, and log in at the Hub where it asks for that."""
        self.page.goto(f"{self.url}{path}")
        if "/hub/login" in self.page.url:
            self.log_in()
            self.page.wait_for_url(f"{self.url}{path}")

    def log_in(self) -> None:
        """Fill in the Hub's form, which stands in the page."""
        self.page.fill("#username_input", self.name)
        self.page.fill("#password_input", "any")
        self.page.click("#login_submit")

    def leave(self) -> None:
        """Close the browser, and end what still trains."""
        if self._page is not None:
            self._page.context.close()
        if not self.hub.is_running(self.name):
            return
        for run in self.get("status")["runs"]:
            if run["status"] in GOING_ON:
                self.ask("POST", f"runs/{run['run_id']}/cancel")
                self.wait_for_run(run["run_id"], "cancelled", "completed", "failed")
