"""One fold of a search, in whichever process fits it: it says when it began and what came of it.

What fits and scores is scikit-learn's own function, untouched. The processes of ``n_jobs`` import
this, so it needs nothing but the standard library.
"""

from __future__ import annotations

import math
import os
import threading
import time
from collections.abc import Callable
from typing import Any

from ..interrupting import raise_in
from .spool import Spool, spool_at

_POLL_S = 0.1


class GiveUp(BaseException):
    """Raised inside of a fold's ``fit``, between two of its lines, where it is not wanted any more.

    No Exception: scikit-learn takes those for a fit that failed.
    """


class NotFitted(dict[str, Any]):
    """What stands in place of a fold's result that was given up: no score."""


class Fold:
    """Fits one fold of one candidate; called in place of scikit-learn's ``_fit_and_score``.

    Parameters
    ----------
    fit_and_score
        scikit-learn's.
    folder
        The search's spool.
    key
        What the fold's result is found by again.
    candidate, fold
        Its place among the candidates of the search, and among the folds of its candidate.
    """

    # Without a dictionary: joblib's wrappers copy it into theirs.
    __slots__ = ("_candidate", "_fit_and_score", "_fold", "_folder", "_key")

    def __init__(
        self,
        fit_and_score: Callable[..., dict[str, Any]],
        folder: str,
        key: str,
        candidate: int,
        fold: int,
    ) -> None:
        self._fit_and_score = fit_and_score
        self._folder = folder
        self._key = key
        self._candidate = candidate
        self._fold = fold

    def __call__(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        begun_s = time.perf_counter()
        spool = spool_at(self._folder)
        if spool.is_given_up(self._candidate):
            return not_fitted(kwargs)
        place = {"key": self._key, "candidate": self._candidate, "fold": self._fold}
        spool.append({**place, "began": time.time()})
        entered_s = time.perf_counter()
        try:
            result = attended(spool, self._candidate, self._fit_and_score, args, kwargs)
        except GiveUp:
            spool.append({**place, "given_up": True})
            return not_fitted(kwargs)
        except BaseException as failure:
            spool.append({**place, "raised": type(failure).__name__})
            raise
        # The line that tells the end costs about what the one that tells the beginning did.
        cost_s = round(2 * (entered_s - begun_s), 6)
        spool.append({**place, "result": result, "cost_s": cost_s})
        return result


class Known:
    """A fold whose result is known from before: nothing is fitted."""

    __slots__ = ("_result",)

    def __init__(self, result: dict[str, Any]) -> None:
        self._result = result

    def __call__(self, *_args: Any, **_kwargs: Any) -> dict[str, Any]:
        return self._result


def not_fitted(kwargs: dict[str, Any]) -> NotFitted:
    """The result of a fold that was given up, of the shape that its scorer gives where known."""
    scorers = getattr(kwargs.get("scorer"), "_scorers", None)
    score: Any = math.nan if scorers is None else dict.fromkeys(scorers, math.nan)
    found = NotFitted(fit_error=None, test_scores=score, fit_time=math.nan, score_time=math.nan)
    if kwargs.get("return_train_score"):
        found["train_scores"] = score if scorers is None else dict(score)
    if kwargs.get("return_n_test_samples"):
        found["n_test_samples"] = len(kwargs.get("test", ()))
    return found


def attended(
    spool: Spool,
    candidate: int,
    fit: Callable[..., dict[str, Any]],
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
) -> dict[str, Any]:
    """Call a fit, which is ended from another thread of this process where it is given up.

    Raises
    ------
    GiveUp
    """
    thread = threading.get_ident()
    attendant = Attendant.of_this_process()
    attendant.enter(thread, spool, candidate)
    try:
        result = fit(*args, **kwargs)
        attendant.leave(thread)
    except BaseException:
        attendant.leave(thread)
        raise
    return result


class Attendant:
    """A thread that looks whether the folds of this process are still wanted."""

    _here: Attendant | None = None

    @classmethod
    def of_this_process(cls) -> Attendant:
        """The one of this process, which a fork does not inherit."""
        if cls._here is None or cls._here._pid != os.getpid():
            cls._here = cls()
        return cls._here

    def __init__(self) -> None:
        self._pid = os.getpid()
        self._attended: dict[int, tuple[Spool, int]] = {}
        self._lock = threading.Lock()
        self._is_needed = threading.Event()
        threading.Thread(target=self._watch, name="folds", daemon=True).start()

    def enter(self, thread: int, spool: Spool, candidate: int) -> None:
        """Attend to a fold that a thread is about to fit."""
        with self._lock:
            self._attended[thread] = (spool, candidate)
        if not self._is_needed.is_set():
            self._is_needed.set()

    def leave(self, thread: int) -> None:
        """Attend to it no more; on return nothing is raised in the thread any more."""
        with self._lock:
            self._attended.pop(thread, None)
            raise_in(thread, None)

    def _watch(self) -> None:
        while True:
            self._is_needed.wait()
            time.sleep(_POLL_S)
            if not self._attended:
                self._is_needed.clear()
                # Whoever entered before the flag was taken down has found it up.
                if self._attended:
                    self._is_needed.set()
                continue
            for thread, entry in list(self._attended.items()):
                spool, candidate = entry
                if spool.is_given_up(candidate):
                    self._end(thread, entry)

    def _end(self, thread: int, entry: tuple[Spool, int]) -> None:
        with self._lock:
            if self._attended.get(thread) is entry:
                del self._attended[thread]
                raise_in(thread, GiveUp)
