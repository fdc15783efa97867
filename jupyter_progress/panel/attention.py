"""Who is looking at a panel, and how it must be fed: pure, with the time as an argument.

A view tells its kernel every second that it is there, and which connection it shows. The page's own
socket comes first; then the comm; and when a view that has beaten falls silent while the kernel is
idle, or the comm is closed, the kernel goes on by polling, so that ``panel.state`` stays current. A
busy kernel hears no beats: that is no fault, and neither is having no view.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

SILENT_S = 2.5
BEAT_S = 1.0
# A kernel that is busy from the panel's first moment on cannot be asked for a snapshot: it sends
# some unasked, ever more rarely.
UNASKED_SNAPSHOTS_S = (0.0, 1.0, 2.0, 4.0, 8.0, 16.0)
BLIND_SNAPSHOT_S = 5.0
# Nor can it be asked for the view's code, by a page that has no server to take it from.
UNASKED_CODE_S = (2.0, 6.0, 15.0)
# It is long: a page of many views, or one that asks without end, is sent it this seldom.
CODE_S = 1.0

Forward = Literal["everything", "beats", "nothing"]


@dataclass(frozen=True)
class Judgement:
    """What a panel needs now.

    Parameters
    ----------
    is_lost
        No view can be reached: follow by polling.
    forward
        What to send over the comm.
    needs_snapshot
        Send one before anything else.
    """

    is_lost: bool
    forward: Forward
    needs_snapshot: bool


class Attention:
    """Keeps what was heard from a panel's views.

    Parameters
    ----------
    now
        A moment of a clock that does not go back, in seconds, as everywhere here.
    """

    def __init__(self, now: float) -> None:
        self.reported = ""
        self.via = "none"
        self.views = 0
        self.has_beaten = False
        self._began = now
        self._heard = now
        self._is_closed = False
        self._is_lost = False
        self._heard_when_lost = now
        self._is_asked = False
        self._unasked = 0
        self._code_sent = 0
        self._is_code_asked = False
        self._code_sent_at = float("-inf")
        self._last_snapshot = now

    def beat(self, now: float, connection: str, via: str, views: int) -> None:
        """A view, or its model with no view shown, said that it is there."""
        self.reported, self.via, self.views = connection, via, views
        self.has_beaten = True
        self._heard = now

    def ask(self, now: float) -> None:
        """A view wants a snapshot."""
        self._is_asked = True
        self._heard = now

    def owe(self) -> None:
        """A snapshot was needed and there was none yet."""
        self._is_asked = True

    def close(self) -> None:
        """The comm was closed under the panel."""
        self._is_closed = True

    def reopen(self, now: float) -> None:
        """There is a comm again; its page has no state yet."""
        self._is_closed = False
        self._heard = now
        self._is_asked = True

    def judge(self, now: float, idle_since: float | None) -> Judgement:
        """Decide how to feed the panel.

        Parameters
        ----------
        now
            The moment.
        idle_since
            Since when the kernel has had time to hear beats; None while it is busy.

        Returns
        -------
        Judgement
            Where it needs a snapshot, the caller sends one: the next judgement counts on it.
        """
        was_lost = self._is_lost
        # A cell that runs in between is no word from the view.
        stays_lost = was_lost and self._heard == self._heard_when_lost
        self._is_lost = self._is_closed or stays_lost or self._is_silent(now, idle_since)
        if self._is_lost:
            self._heard_when_lost = self._heard
            return Judgement(True, "nothing", False)
        forward = self._forward(now)
        needs_snapshot = was_lost or self._is_asked or self._is_unasked_due(now, idle_since)
        if needs_snapshot:
            self._is_asked = False
            self._last_snapshot = now
        return Judgement(False, forward, needs_snapshot)

    def ask_for_code(self) -> None:
        """A view wants its code."""
        self._is_code_asked = True

    def is_asked_code_due(self, now: float) -> bool:
        """Whether the code that was asked for is to be sent; where it is, the caller does so."""
        if not self._is_code_asked or now - self._code_sent_at < CODE_S:
            return False
        self._is_code_asked, self._code_sent_at = False, now
        return True

    def is_code_due(self, now: float, idle_since: float | None) -> bool:
        """Whether the view's code is to be sent unasked; where it is, the caller does so."""
        if idle_since is not None or self.has_beaten or self._code_sent == len(UNASKED_CODE_S):
            return False
        is_due = now - self._began >= UNASKED_CODE_S[self._code_sent]
        self._code_sent += is_due
        return is_due

    def shown_connection(self, own: str) -> str:
        """The connection that is on the screen.

        Parameters
        ----------
        own
            How the kernel itself is fed.
        """
        is_own_way = self.via in ("socket", "rest") and bool(self.reported)
        return self.reported if is_own_way and not self._is_lost else own

    def _is_silent(self, now: float, idle_since: float | None) -> bool:
        if not self.has_beaten or idle_since is None:
            return False
        return now - max(self._heard, idle_since) > SILENT_S

    def _forward(self, now: float) -> Forward:
        is_fresh = now - self._heard <= SILENT_S
        return "beats" if self.via in ("socket", "rest") and is_fresh else "everything"

    def _is_unasked_due(self, now: float, idle_since: float | None) -> bool:
        if not self.has_beaten:
            due = self._unasked < len(UNASKED_SNAPSHOTS_S)
            due = due and now - self._began >= UNASKED_SNAPSHOTS_S[self._unasked]
            self._unasked += due
            return due
        is_blind = idle_since is None and now - self._heard > SILENT_S
        return is_blind and now - self._last_snapshot >= BLIND_SNAPSHOT_S
