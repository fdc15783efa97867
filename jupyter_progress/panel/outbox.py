"""What waits to go over a comm: all durable messages, and only the newest of each volatile kind."""

from __future__ import annotations

from typing import Any

import msgspec

from ..core.events import VOLATILE
from ..core.wire import Message

DURABLE_LIMIT = 1000


class Outbox:
    """Collects between two sendings.

    Parameters
    ----------
    run_id
        The run that is shown: volatile messages about others are left out. None: all are shown.
    """

    def __init__(self, run_id: str | None) -> None:
        self._run_id = run_id
        self._durable: list[Message] = []
        self._volatile: dict[tuple[str | None, str], Message] = {}
        self.is_overfull = False

    def add(self, message: Message) -> None:
        """Put a message in; what it replaces falls out."""
        if message.type in VOLATILE:
            self._add_volatile(message)
            return
        if message.type == "snapshot":
            self._durable.clear()
            self._volatile.clear()
        self._durable.append(message)
        # More than a view can miss: it gets a snapshot instead.
        if len(self._durable) > DURABLE_LIMIT:
            self.is_overfull = True
            self._durable.clear()

    def take(self) -> list[dict[str, Any]]:
        """Empty it, in the order in which a view can apply the messages."""
        messages = [*self._durable, *self._volatile.values()]
        self.clear()
        return [msgspec.to_builtins(message) for message in messages]

    def clear(self) -> None:
        """Forget what waits, because a snapshot takes its place."""
        self._durable, self._volatile = [], {}
        self.is_overfull = False

    def __bool__(self) -> bool:
        return bool(self._durable or self._volatile or self.is_overfull)

    def _add_volatile(self, message: Message) -> None:
        if message.run_id is not None and self._run_id not in (None, message.run_id):
            return
        key = (message.run_id, message.type)
        waiting = self._volatile.pop(key, None)
        if waiting is not None and message.type == "metrics_appended":
            message = _merged(waiting, message)
        self._volatile[key] = message


def _merged(earlier: Message, later: Message) -> Message:
    """Two ``metrics_appended`` in one: no point that a chart shows is lost between sendings."""
    series = {name: list(points) for name, points in earlier.data.get("series", {}).items()}
    for name, points in later.data.get("series", {}).items():
        series.setdefault(name, []).extend(points)
    before = {**later.data.get("from", {}), **earlier.data.get("from", {})}
    return msgspec.structs.replace(later, data={**later.data, "series": series, "from": before})
