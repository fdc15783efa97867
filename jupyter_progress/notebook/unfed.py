"""What stands behind a panel that nothing can feed: its server lacks what this process needs."""

from __future__ import annotations

import threading
from typing import Any, NoReturn

from ..core.view import View
from ..core.wire import Message
from ..errors import ProgressError
from ..panel.feed import Feed, Feeds, Listener


class Silence:
    """A follower that hears nothing.

    Parameters
    ----------
    view
        Stays as it is.
    """

    connection = "offline"
    last_heard: float | None = None

    def __init__(self, view: View, _listener: Listener) -> None:
        self.view = view
        self.lock = threading.RLock()

    def start(self) -> None:
        """Nothing to begin."""

    def stop(self) -> None:
        """Nothing to end."""

    def snapshot(self) -> Message:
        """What the view knows."""
        return Message(type="snapshot", log_id=self.view.log_id, offset=self.view.offset, data={})


class Unfed:
    """Feeds a panel with nothing, and refuses whatever it is asked with the reason.

    Parameters
    ----------
    problem
        Raised by every action.
    """

    def __init__(self, problem: ProgressError) -> None:
        self.problem = problem
        silence = Feed(Silence)
        self.feeds = Feeds(silence, silence)

    def _refuse(self, *_given: Any) -> NoReturn:
        raise self.problem

    state = stop = cancel = skip = resume = deploy = note = candidates = output = series = _refuse
