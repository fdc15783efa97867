"""Where a watched search leaves scikit-learn's own path: as folds are handed out, and come back.

For as long as any search of this process is watched, two names of scikit-learn's ``_search`` lead
here: ``delayed``, which wraps each fold's call before it goes to a process, and what looks through
a round's results. A fold of a search that nobody watches goes on as it would.
"""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable
from typing import Any, Protocol

from .fold import Fold, Known

Results = list[dict[str, Any]]


class Round(Protocol):
    """The candidates that a search evaluates together."""

    def fold_call(self, plain: Callable[..., Any], arguments: dict[str, Any]) -> Fold | Known:
        """What is to be called in place of scikit-learn's function, with the same arguments."""

    def complete(self, results: Results) -> None:
        """Bring the round's results into the shape that scikit-learn expects of all."""


_lock = threading.RLock()
_watching = 0
_originals: dict[str, Any] = {}
# By the identity of a candidate's parameters: a fold's call is known by nothing else in every
# version of scikit-learn, and in every thread that hands folds out.
_candidates: dict[int, Round] = {}
_current = threading.local()


def install() -> None:
    """Begin to intercept; each call needs an :func:`uninstall`."""
    global _watching
    from sklearn.model_selection import _search

    with _lock:
        _watching += 1
        if _watching > 1:
            return
        _originals.update(
            delayed=_search.delayed,
            _warn_or_raise_about_fit_failures=_search._warn_or_raise_about_fit_failures,
        )
        _search.delayed = _delayed
        _search._warn_or_raise_about_fit_failures = _look_through


def uninstall() -> None:
    """Intercept no more, once nobody else does."""
    global _watching
    from sklearn.model_selection import _search

    with _lock:
        _watching -= 1
        if _watching == 0:
            for name, original in _originals.items():
                setattr(_search, name, original)


class Intercepted:
    """The time in which a round's folds are handed out and come back, in this thread.

    Parameters
    ----------
    a_round
        Whose.
    candidates
        Its candidates' parameters: these very objects.
    """

    def __init__(self, a_round: Round, candidates: list[Any]) -> None:
        self._round = a_round
        self._candidates = candidates

    def __enter__(self) -> None:
        for params in self._candidates:
            _candidates[id(params)] = self._round
        self._outer = getattr(_current, "round", None)
        _current.round = self._round

    def __exit__(self, *_: object) -> None:
        _current.round = self._outer
        for params in self._candidates:
            _candidates.pop(id(params), None)


def _delayed(function: Callable[..., Any]) -> Callable[..., Any]:
    plain = _originals["delayed"](function)

    @functools.wraps(plain)
    def handed_out(*args: Any, **kwargs: Any) -> Any:
        of = _candidates.get(id(kwargs.get("parameters")))
        if of is None:
            return plain(*args, **kwargs)
        call = of.fold_call(function, kwargs)
        if isinstance(call, Known):
            return _originals["delayed"](call)()  # rows that nobody needs are sent to no process
        return _originals["delayed"](call)(*args, **kwargs)

    return handed_out


def _look_through(results: Results, *args: Any, **kwargs: Any) -> Any:
    of: Round | None = getattr(_current, "round", None)
    if of is not None:
        of.complete(results)
    return _originals["_warn_or_raise_about_fit_failures"](results, *args, **kwargs)
