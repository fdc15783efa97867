"""The arguments of ``jp.train`` that end a run before its own end, as a cell may give them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from ..core.run_limits import EarlyStopping
from ..errors import InvalidRequest
from ..tracking import arguments


def read_time_limit(given: Any) -> float | None:
    """Seconds; None for no limit.

    Raises
    ------
    InvalidRequest
        It is no duration.
    """
    if given is None:
        return None
    if isinstance(given, timedelta):
        return given.total_seconds()
    if isinstance(given, str):
        raise InvalidRequest("time_limit", f"is {given!r:.80}; expected seconds, or a timedelta")
    return arguments.number("time_limit", given)


def read_early_stopping(given: Any) -> EarlyStopping | None:
    """The rule; None for none.

    Raises
    ------
    InvalidRequest
        It is no rule, or has a key that none has.
    """
    if given is None or given is False:
        return None
    if given is True:
        return EarlyStopping()
    if isinstance(given, int):
        return EarlyStopping(patience=arguments.whole("early_stopping", given, least=1))
    if not isinstance(given, Mapping):
        raise InvalidRequest(
            "early_stopping",
            f'{arguments.found(given)}; expected True, a number of looks, or {{"patience": 5}}',
        )
    known = EarlyStopping.__struct_fields__
    arguments.only_keys("early_stopping", given, known)
    return EarlyStopping(**{key: _READ[key](given[key]) for key in known if key in given})


def _steps(given: Any) -> int | None:
    if given is None:
        return None
    return arguments.whole("early_stopping.patience_steps", given, least=1)


def _is_true(given: Any) -> bool:
    arguments.is_true("early_stopping.restore_best", given)
    return bool(given)


_READ = {
    "patience": lambda given: arguments.whole("early_stopping.patience", given, least=1),
    "patience_steps": _steps,
    "min_delta": lambda given: arguments.number("early_stopping.min_delta", given),
    "restore_best": _is_true,
}
