"""The members of an ensemble, seen as a plain ``fit`` makes them; it shows them at its end only."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any


@contextlib.contextmanager
def listening(ensemble: Any, made: list[Any]) -> Iterator[None]:
    """Have each member noted as it is made, by the ensemble's own ``_make_estimator``."""
    make = ensemble._make_estimator

    def make_and_show(*args: Any, **kwargs: Any) -> Any:
        member = make(*args, **kwargs)
        made.append(member)
        return member

    ensemble._make_estimator = make_and_show
    try:
        yield
    finally:
        ensemble.__dict__.pop("_make_estimator", None)
