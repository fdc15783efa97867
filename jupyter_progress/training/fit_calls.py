"""Hearing of calls of ``fit`` of certain objects, whoever makes them and in whichever thread.

For as long as somebody listens, the object's class has a ``fit`` that looks whether this very
object is listened to, and is the plain one for all others. A subclass or an attribute of the object
would be found again in its clones, copies and pickles; this leaves no trace in any of them.
"""

from __future__ import annotations

import functools
import os
import threading
from collections.abc import Callable
from typing import Any, TypeAlias

#: Given the plain ``fit`` of the object, which takes the arguments of the call, and these.
Heard: TypeAlias = Callable[[Callable[..., Any], tuple[Any, ...], dict[str, Any]], Any]

_lock = threading.RLock()
_listeners: dict[int, FitCalls] = {}
_classes: dict[type, _Patched] = {}


class FitCalls:
    """Listens to the ``fit`` of one object.

    Parameters
    ----------
    estimator
        The object.
    heard
        Called in place of its ``fit``; it calls the plain one, and what it answers is the answer.
    """

    def __init__(self, estimator: Any, heard: Heard) -> None:
        self.estimator = estimator
        self._heard = heard
        self._inside = threading.local()
        # A forked child has this, and the estimator, too; what it fits is not this run's.
        self._pid = os.getpid()

    def begin(self) -> None:
        """Listen.

        Raises
        ------
        TypeError
            The class is one that cannot be changed.
        """
        with _lock:
            kind = type(self.estimator)
            patched = _classes.get(kind)
            if patched is None:
                patched = _classes[kind] = _Patched(kind)
                try:
                    patched.put_in()
                except TypeError:
                    del _classes[kind]
                    raise
            patched.listeners += 1
            _listeners[id(self.estimator)] = self

    def end(self) -> None:
        """Listen no more; harmless where nothing was begun."""
        with _lock:
            if _listeners.get(id(self.estimator)) is not self:
                return
            del _listeners[id(self.estimator)]
            patched = _classes[type(self.estimator)]
            patched.listeners -= 1
            if not patched.listeners:
                patched.take_out()
                del _classes[type(self.estimator)]

    def hear(self, plain: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Pass a call on; what it calls itself of this object meanwhile is not heard."""
        call = functools.partial(plain, self.estimator)
        if os.getpid() != self._pid or getattr(self._inside, "is_true", False):
            return call(*args, **kwargs)
        self._inside.is_true = True
        try:
            return self._heard(call, args, kwargs)
        finally:
            self._inside.is_true = False


class _Patched:
    """A class with a ``fit`` that passes calls on."""

    def __init__(self, kind: type) -> None:
        self._kind = kind
        self._own = vars(kind).get("fit")
        self.listeners = 0

    def put_in(self) -> None:
        plain = self._kind.fit  # type: ignore[attr-defined]

        @functools.wraps(plain)
        def fit(self: Any, *args: Any, **kwargs: Any) -> Any:
            listener = _listeners.get(id(self))
            if listener is None or listener.estimator is not self:
                return plain(self, *args, **kwargs)
            return listener.hear(plain, args, kwargs)

        self._kind.fit = fit  # type: ignore[attr-defined]

    def take_out(self) -> None:
        if self._own is None:
            del self._kind.fit  # type: ignore[attr-defined]
        else:
            self._kind.fit = self._own  # type: ignore[attr-defined]
