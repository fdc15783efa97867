"""How much of the server one user may take: requests in a while, streams at a time.

On the event loop everybody shares one thread: a script gone wild would hold up all others.
"""

from __future__ import annotations

import math
import re
import time
from collections import Counter
from collections.abc import Callable, Hashable
from typing import Any

from jupyter_server.auth import User

from ..errors import TooManyRequests, TooManyStreams
from .kernel_pass import KernelUser

FORGET_ABOVE = 1000  # users of whom something is remembered
_MADE_UP = re.compile("[0-9a-f]{32}")


class Admission:
    """Counts each user's requests and streams; lives on the event loop.

    A token bucket for each user: ``burst`` requests at once, then ``rate`` in a second.

    Parameters
    ----------
    rate
        Requests a second; 0: without a limit.
    burst
        Requests that may come at once.
    max_streams
        Streams that one user may have open at a time.
    clock
        Seconds that only rise.
    """

    def __init__(
        self,
        *,
        rate: float,
        burst: int,
        max_streams: int,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._rate = rate
        self._burst = burst
        self._max_streams = max_streams
        self._clock = clock
        # What is left for a user, and the moment that this held for; a full bucket is not kept.
        self._left: dict[str, tuple[float, float]] = {}
        self._streams: Counter[str] = Counter()

    def __len__(self) -> int:
        return len(self._left)

    def request(self, user: str) -> None:
        """Count a request.

        Raises
        ------
        TooManyRequests
            This user has asked too often.
        """
        if not self._rate:
            return
        now = self._clock()
        left = self._left_of(user, now)
        if left < 1.0:
            self._left[user] = (left, now)
            raise TooManyRequests(
                f"you ask more than {self._rate:g} times a second; ask again in a moment",
                (1.0 - left) / self._rate,
            )
        if len(self._left) >= FORGET_ABOVE:
            self._forget_full(now)
        self._left[user] = (left - 1.0, now)

    def enter(self, user: str) -> None:
        """Count a stream that is being opened; :meth:`leave` ends it.

        Raises
        ------
        TooManyStreams
            This user has as many as the server allows.
        """
        if self._streams[user] >= self._max_streams:
            raise TooManyStreams(
                f"you have {self._streams[user]} streams open; at most {self._max_streams} are "
                "allowed for one user"
            )
        self._streams[user] += 1

    def leave(self, user: str) -> None:
        """Count a stream that was closed."""
        self._streams[user] -= 1
        if self._streams[user] <= 0:
            del self._streams[user]

    def _left_of(self, user: str, now: float) -> float:
        left, then = self._left.get(user, (float(self._burst), now))
        return min(float(self._burst), left + (now - then) * self._rate)

    def _forget_full(self, now: float) -> None:
        full = [user for user in self._left if self._left_of(user, now) >= self._burst]
        for user in full:
            del self._left[user]


def user_key(user: Any) -> str:
    """Who is counted as one user.

    All kernels of the server are one. So are all who bear the server's shared token: Jupyter makes
    up a name such as "Anonymous Callisto" for each of their requests.
    """
    if isinstance(user, KernelUser):
        return "kernel"
    if isinstance(user, str):
        return f"user {user}"
    if str(getattr(user, "name", None) or "").startswith("Anonymous "):
        return "token"
    return f"user {getattr(user, 'username', '')}"


def viewer_key(user: Any) -> Hashable:
    """Who is one user to the authorizer: all that it can see of them is the same.

    Of who bears the server's token it sees a name made up for each request.
    """
    if type(user) is User and _MADE_UP.fullmatch(user.username) and user_key(user) == "token":
        return "token"
    return type(user), repr(sorted(vars(user).items()) if hasattr(user, "__dict__") else user)


def retry_after(error: object) -> str | None:
    """What the header ``Retry-After`` says of an error: whole seconds, rounded up."""
    wait_s = getattr(error, "retry_after_s", None)
    return None if wait_s is None else str(max(1, math.ceil(wait_s)))
