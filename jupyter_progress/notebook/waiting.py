"""Waiting for a run's end: fed by its events, asking in between in case the feed is cut off."""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from ..core.state import RunState, newer
from ..core.transitions import has_ended
from ..errors import RunNotFinished, Unavailable
from .showing import Showing

if TYPE_CHECKING:
    from .handle import RunHandle

POLL_S = 0.1
# Asked for by REST now and then, in case the feed is cut off from the server for long.
ASK_EVERY_S = 5.0


def wait_for_end(run: RunHandle, timeout: float | None, *, display: bool) -> RunState:
    """Show a run until it has ended.

    Parameters
    ----------
    timeout
        At most so many seconds; None for as long as it takes.
    display
        Whether the run is shown meanwhile.

    Raises
    ------
    RunNotFinished
        The timeout is over.
    """
    deadline = None if timeout is None else time.monotonic() + timeout
    changed = threading.Event()
    feed = run._backend.feeds.stream
    end_listening = feed.listen(lambda _messages, _connection: changed.set())
    try:
        with Showing(run, is_wanted=display) as showing:
            asked = time.monotonic()
            state = run._state()
            while not has_ended(state.status):
                if deadline is not None and time.monotonic() >= deadline:
                    raise RunNotFinished(
                        f"{run._name()} is {state.status} after {timeout:g} s, and goes on"
                    )
                changed.wait(POLL_S)
                changed.clear()
                state = newer(feed.run(run.run_id), state) or state
                if time.monotonic() - asked > ASK_EVERY_S:
                    asked, state = time.monotonic(), _asked_again(run, state)
                showing.update(state)
            return state
    finally:
        end_listening()


def _asked_again(run: RunHandle, state: RunState) -> RunState:
    """Ask in case the feed does not know this run; an answer that does not come is no end."""
    with suppress(Unavailable):
        return run._backend.state(run.run_id)
    return state
