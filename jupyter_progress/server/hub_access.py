"""Whether a JupyterHub still lets somebody in whose stream is open.

A request is checked when it comes. A stream lasts for days, and Jupyter's authorizer only judges
the user whom it was shown then: without this, somebody whom the Hub has since shut out would go on
watching.
"""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from tornado.web import HTTPError

log = logging.getLogger(__name__)

ASK_EVERY_S = 10.0  # most answers come from what the Hub's own client remembers


class HubAccess:
    """One stream's right to be open; lives on the event loop.

    Parameters
    ----------
    handler
        The handler of the stream, whose handshake was accepted.
    """

    def __init__(self, handler: Any) -> None:
        self._handler = handler
        # The server's own kernels come by a token that the Hub knows nothing of.
        provider = None if handler.is_kernel else handler.identity_provider
        self._hub = getattr(provider, "hub_auth", None)
        self._token = self._hub.get_token(handler) if self._hub else None
        self._is_granted = True
        self._asking: asyncio.Task[None] | None = None
        self._ask_at = 0.0

    def is_granted(self) -> bool:
        """What the Hub said last; it is asked again in the background.

        Nobody waits here for a Hub that hangs: the heartbeats of all streams come from this thread.
        """
        if self._hub is None or not self._token:
            return True
        loop = asyncio.get_running_loop()
        is_free = self._asking is None or self._asking.done()
        if is_free and loop.time() >= self._ask_at:
            self._ask_at = loop.time() + ASK_EVERY_S
            self._asking = loop.create_task(self._ask())
        return self._is_granted

    async def _ask(self) -> None:
        hub: Any = self._hub
        try:
            user = await hub.user_for_token(
                self._token, session_id=hub.get_session_id(self._handler), sync=False
            )
        except (HTTPError, ValueError) as error:
            # A Hub that is restarted has withdrawn nothing.
            log.debug("the JupyterHub cannot say who may watch: %s", error)
            return
        self._is_granted = bool(user and hub.check_scopes(hub.access_scopes, user))
