"""What may be logged, and what a bad value is told."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

from ..core.names import check_label
from ..core.nearest import nearest
from ..core.stages import STAGES_LIMIT, PlannedStage, title_of
from ..errors import InvalidRequest
from .arguments import found

STEP_LIMIT = 2**53  # beyond it, a float does not tell a step from the next one
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
            raise InvalidRequest(name, f"{found(value)}; {EXPECTED_NUMBER}")
        try:
            value = float(value)
        except (TypeError, ValueError, OverflowError, RuntimeError):
            # RuntimeError is what PyTorch raises for a tensor of several elements.
            raise InvalidRequest(name, f"{found(value)}; {EXPECTED_NUMBER}") from None
    return value if math.isfinite(value) else None


def metric_name(name: Any) -> str:
    """A metric's name.

    Raises
    ------
    InvalidRequest
        It is no text, empty, too long, or holds control characters.
    """
    if not isinstance(name, str):
        raise InvalidRequest("metrics", f"one of the names {found(name)}; expected a string")
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
            "metrics", f"{found(metrics)}; expected a dict of names and numbers, or keywords"
        )
    return {**metrics, **named}


def step_of(step: Any) -> int | float:
    """A step that was given.

    Raises
    ------
    InvalidRequest
        It is not one finite number.
    """
    if type(step) is int and abs(step) <= STEP_LIMIT:
        return step
    value = None if isinstance(step, bool) else number("step", step)
    if value is None or abs(value) > STEP_LIMIT:
        raise InvalidRequest("step", f"{found(step)}; expected a whole number of at most 2**53")
    return int(value) if value.is_integer() else value


def count(field: str, value: Any) -> int:
    """A number of things.

    Raises
    ------
    InvalidRequest
        It is not a whole number from 0.
    """
    counted = None if isinstance(value, bool) else number(field, value)
    if counted is None or counted < 0 or not counted.is_integer():
        raise InvalidRequest(field, f"{found(value)}; expected a whole number from 0")
    return int(counted)


def planned_stages(stages: Iterable[Any]) -> list[PlannedStage]:
    """The stages that a run of the user's own names.

    Raises
    ------
    InvalidRequest
        One is no text, empty, or there twice.
    """
    if isinstance(stages, str):
        raise InvalidRequest("stages", f"is {stages!r}; expected a list of names: [{stages!r}]")
    if isinstance(stages, bytes) or not isinstance(stages, Iterable):
        raise InvalidRequest("stages", f"{found(stages)}; expected a list of names")
    planned: list[PlannedStage] = []
    known: set[str] = set()
    for index, stage in enumerate(stages):
        if index == STAGES_LIMIT:
            raise InvalidRequest("stages", f"has more than {STAGES_LIMIT} entries")
        if not isinstance(stage, PlannedStage):
            if not isinstance(stage, str):
                raise InvalidRequest(f"stages[{index}]", f"{found(stage)}; expected a string")
            check_label(f"stages[{index}]", stage)
            stage = PlannedStage(id=stage, title=title_of(stage))
        if stage.id in known:
            raise InvalidRequest(f"stages[{index}]", f"is {stage.id!r} for the second time")
        known.add(stage.id)
        planned.append(stage)
    return planned


def doubt_about_stage(name: str, planned: list[PlannedStage]) -> str | None:
    """What to tell of a stage that is not among those which the run has named, if any.

    It is told and no error: a name that was mistyped must not end a training of hours.
    """
    known = [stage.id for stage in planned]
    if not known or name in known:
        return None
    near = nearest(name, known)
    meant = f"did you mean {near!r}? " if near else ""
    shown = ", ".join(repr(stage) for stage in known[:20])
    more = f" and {len(known) - 20} more" if len(known) > 20 else ""
    return f"{name!r} is none of this run's stages; {meant}Run(stages=…) has named {shown}{more}"
