"""The notices that wait to be told, and when the next of them is due.

A receiver that cannot be reached is asked for one notice at a time, and all others wait with it:
each would take as long to find that out. Whose turn it is goes round, for it may be one notice that
the receiver chokes on.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..core.run_notice import Cause, wait_s

MOST_WAITING = 1000
_IDLE_S = 60.0


@dataclass
class WaitingNotice:
    """A notice that is to be told.

    Parameters
    ----------
    until_s
        When it is no news any more, on the monotonic clock like ``due_s``.
    """

    cause: Cause
    body: bytes
    name: str
    until_s: float
    failures: int = 0
    due_s: float = 0.0


class WaitingNotices:
    """In the order in which they came."""

    def __init__(self) -> None:
        self._notices: dict[tuple[str, str], WaitingNotice] = {}
        self._failures = 0
        self._due_s = 0.0

    def __contains__(self, cause: Cause) -> bool:
        return (cause.run_id, cause.key) in self._notices

    @property
    def room(self) -> int:
        """How many more may wait."""
        return max(0, MOST_WAITING - len(self._notices))

    @property
    def is_low(self) -> bool:
        """Whether it is worth while to look through a whole log for more."""
        return len(self._notices) <= MOST_WAITING // 2

    @property
    def is_unreachable(self) -> bool:
        """Whether the address did not answer when it was asked last."""
        return self._failures > 0

    def add(self, notice: WaitingNotice) -> None:
        """Have a notice wait; it is due at once."""
        self._notices[notice.cause.run_id, notice.cause.key] = notice

    def remove(self, notice: WaitingNotice) -> None:
        """Be done with a notice."""
        del self._notices[notice.cause.run_id, notice.cause.key]

    def next_due(self, now: float) -> WaitingNotice | None:
        """Which to tell now: of those that are due whichever has waited longest."""
        if self._due_s > now:
            return None
        due = (notice for notice in self._notices.values() if notice.due_s <= now)
        return min(due, key=lambda notice: notice.due_s, default=None)

    def failed(self, notice: WaitingNotice, now: float, *, is_unreachable: bool) -> None:
        """Try it again later; and everything else as well where there was no answer."""
        notice.failures += 1
        notice.due_s = now + wait_s(notice.failures)
        if is_unreachable:
            self._failures += 1
            self._due_s = now + wait_s(self._failures)
        else:
            self.answered()

    def answered(self) -> None:
        """Somebody is there: what is due need not wait any longer."""
        self._failures = 0
        self._due_s = 0.0

    def expired(self) -> list[WaitingNotice]:
        """Those that will be no news any more when they are due."""
        return [
            notice
            for notice in self._notices.values()
            if max(notice.due_s, self._due_s) > notice.until_s
        ]

    def idle_s(self, now: float) -> float:
        """For how long nothing is due."""
        first = min((notice.due_s for notice in self._notices.values()), default=now + _IDLE_S)
        return max(first, self._due_s) - now
