"""What may be logged, and what a bad value is told."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

from ..core.names import check_label, shorten
from ..core.stages import PlannedStage, title_of
from ..errors import InvalidRequest

EXPECTED_NUMBER = "expected one number (a float, an int, a NumPy or tensor scalar)"


def number(name: str, value: Any) -> float | None:
    """A metric's value as a number; NaN and infinities, which no view can draw, as None.

    Raises
    ------
    InvalidRequest
        It is not one number.
    """
    if type(value) is not float:
        if value is None:
            return None
        if isinstance(value, str | bytes | complex):
            raise InvalidRequest(name, f"is {_shown(value)}; {EXPECTED_NUMBER}")
        try:
            value = float(value)
        except (TypeError, ValueError, OverflowError, RuntimeError):
            # RuntimeError is what PyTorch raises for a tensor of several elements.
            raise InvalidRequest(name, f"is {_shown(value)}; {EXPECTED_NUMBER}") from None
    return value if math.isfinite(value) else None


def metric_name(name: Any) -> str:
    """A metric's name.

    Raises
    ------
    InvalidRequest
        It is no text, empty, too long, or holds control characters.
    """
    if not isinstance(name, str):
        raise InvalidRequest("metrics", f"has the name {_shown(name)}; expected a string")
    return check_label("metrics", name)


def metrics_of(metrics: Any, named: dict[str, Any]) -> dict[str, Any]:
    """Join the two ways to say what is logged.

    Raises
    ------
    InvalidRequest
        There is nothing, or the positional argument is no mapping.
    """
    if metrics is None:
        if not named:
            raise InvalidRequest("metrics", "is empty; expected e.g. log(loss=0.3)")
        return named
    if not isinstance(metrics, Mapping):
        raise InvalidRequest(
            "metrics", f"is {_shown(metrics)}; expected a dict of names and numbers, or keywords"
        )
    return {**metrics, **named}


def step_of(step: Any) -> int | float:
    """A step that was given.

    Raises
    ------
    InvalidRequest
        It is not one finite number.
    """
    if type(step) is int:
        return step
    value = None if isinstance(step, bool) else number("step", step)
    if value is None:
        raise InvalidRequest("step", f"is {_shown(step)}; expected a whole number")
    return int(value) if value.is_integer() else value


def count(field: str, value: Any) -> int:
    """A number of things.

    Raises
    ------
    InvalidRequest
        It is not a whole number from 0.
    """
    found = None if isinstance(value, bool) else number(field, value)
    if found is None or found < 0 or not found.is_integer():
        raise InvalidRequest(field, f"is {_shown(value)}; expected a whole number from 0")
    return int(found)


def planned_stages(stages: Iterable[Any]) -> list[PlannedStage]:
    """The stages that a run of the user's own names.

    Raises
    ------
    InvalidRequest
        One is no text, empty, or there twice.
    """
    if isinstance(stages, str):
        raise InvalidRequest("stages", f"is {stages!r}; expected a list of names: [{stages!r}]")
    planned: list[PlannedStage] = []
    for index, stage in enumerate(stages):
        if not isinstance(stage, PlannedStage):
            if not isinstance(stage, str):
                raise InvalidRequest(f"stages[{index}]", f"is {_shown(stage)}; expected a string")
            check_label(f"stages[{index}]", stage)
            stage = PlannedStage(id=stage, title=title_of(stage))
        if any(stage.id == other.id for other in planned):
            raise InvalidRequest(f"stages[{index}]", f"is {stage.id!r} for the second time")
        planned.append(stage)
    return planned


def _shown(value: Any) -> str:
    return f"{shorten(repr(value), 80)} ({type(value).__name__})"
