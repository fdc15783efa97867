"""When to try again and how long silence may last; pure, with the randomness as an argument."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Timing:
    """The bounds of following, in seconds.

    Parameters
    ----------
    hello_s
        An attempt at the socket that has no ``hello`` by then is dropped.
    silence_heartbeats
        So many heartbeats of silence, and the socket is dropped.
    poll_s
        From one poll's end to the next, while the socket is down.
    poll_timeout_s
        How long one poll may take.
    grace_s
        How long after a socket has ended with a word polling waits for it to come back.
    cap_s, cap_unreachable_s
        The longest wait between attempts, while REST answers and while it does not.
    """

    hello_s: float = 1.5
    silence_heartbeats: float = 2.5
    poll_s: float = 1.0
    poll_timeout_s: float = 3.0
    grace_s: float = 0.4
    first_s: float = 0.25
    cap_s: float = 1.0
    cap_unreachable_s: float = 30.0

    def delay_s(self, failures: int, random: float, *, is_reachable: bool) -> float:
        """How long to wait before the next attempt.

        Full jitter: anything from nothing to the bound, which doubles with each failure. A thousand
        views that lose one server do not come back at one moment. (Marc Brooker, "Exponential
        Backoff And Jitter", AWS Architecture Blog, 2015.)

        Parameters
        ----------
        failures
            Attempts in a row that failed.
        random
            From 0 to 1.
        is_reachable
            Whether REST answers.
        """
        cap = self.cap_s if is_reachable else self.cap_unreachable_s
        return random * min(cap, self.first_s * 2.0 ** min(failures, 20))
