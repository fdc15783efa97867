"""What ends a run before its own end: a time limit, and early stopping on the live score."""

from __future__ import annotations

import math
from typing import Annotated

import msgspec

from ..errors import InvalidRequest
from .field_kinds import told


class EarlyStopping(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """When a fit has stopped getting better on the validation rows, by its live score.

    Parameters
    ----------
    patience
        Looks in a row without a better score after which the fit ends.
    patience_steps
        The same in steps of the fit; counts in place of ``patience`` where it is given.
    min_delta
        How much better a score must be than the best so far to count.
    restore_best
        Whether the model ends with the best step where it can be cut back to it.
    """

    patience: Annotated[int, told(minimum=1)] = 5
    patience_steps: Annotated[int, told(minimum=1)] | None = None
    min_delta: Annotated[float, told(minimum=0)] = 0.0
    restore_best: bool = True


def check_early_stopping(rule: EarlyStopping, has_validation: bool) -> None:
    """Refuse a rule that cannot be followed.

    Parameters
    ----------
    has_validation
        Whether rows are held out to score on.

    Raises
    ------
    InvalidRequest
    """
    for name in ("patience", "patience_steps"):
        value = getattr(rule, name)
        if value is not None and value < 1:
            raise InvalidRequest(f"early_stopping.{name}", f"is {value}; expected at least 1")
    if not 0.0 <= rule.min_delta < math.inf:
        raise InvalidRequest(
            "early_stopping.min_delta", f"is {rule.min_delta}; expected a number from 0"
        )
    if not has_validation:
        raise InvalidRequest(
            "early_stopping",
            "goes by the score on validation rows, and there are none; expected a split with a "
            "validation share above 0, or validation rows of one's own",
        )


def check_time_limit(seconds: float) -> None:
    """Refuse a time limit that is none.

    Raises
    ------
    InvalidRequest
    """
    if not 0.0 < seconds < math.inf:
        raise InvalidRequest(
            "time_limit", f"is {seconds}; expected seconds above 0, or nothing for no limit"
        )
