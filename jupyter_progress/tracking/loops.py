"""Where the tracked loops of a run stand, one inside the other."""

from __future__ import annotations

from collections.abc import Iterable, Sized
from typing import Any

from ..errors import InvalidRequest
from . import arguments
from .values import count


class Loop:
    """A loop under way. Counting is one attribute written an iteration; others only read it.

    Attributes
    ----------
    done
        Iterations whose body has ended.
    total
        How many there are, where that is known.
    """

    __slots__ = ("done", "name", "total")

    def __init__(self, name: str | None, total: int | None) -> None:
        self.name = name
        self.total = total
        self.done = 0


def checked_total(iterable: Any, total: Any, name: Any) -> int | None:
    """Check a loop before it begins.

    Returns
    -------
    int or None
        How many iterations it has, where that is known.

    Raises
    ------
    InvalidRequest
        The iterable is none, or the total or the name cannot be right.
    """
    if not isinstance(iterable, Iterable) and not hasattr(iterable, "__getitem__"):
        hint = f"; did you mean range({iterable})?" if isinstance(iterable, int) else ""
        kind = arguments.of_type(iterable)
        raise InvalidRequest("iterable", f"{kind}, which cannot be iterated over{hint}")
    if name is not None:
        arguments.label("name", name)
    return count("total", total) if total is not None else _length(iterable)


def _length(iterable: Any) -> int | None:
    if not isinstance(iterable, Sized):
        return None
    try:
        return len(iterable)
    except (TypeError, NotImplementedError):
        # A DataLoader over a stream has the method and no answer.
        return None


def report_of(loops: list[Loop]) -> dict[str, Any]:
    """What nested loops say about the stage that they are in.

    Parameters
    ----------
    loops
        Outermost first.

    Returns
    -------
    dict
        Fields of a progress report. Steps are the outermost loop's; its share has the inner loops'
        shares of one of its steps in it.
    """
    if not loops:
        return {}
    outer = loops[0]
    report: dict[str, Any] = {"step": outer.done}
    if outer.total:
        report["total_steps"] = outer.total
        report["stage_progress"] = round(100.0 * _share(loops), 3)
    return report


def _share(loops: list[Loop]) -> float:
    loop = loops[0]
    if not loop.total:
        return 0.0
    inner = _share(loops[1:]) if len(loops) > 1 and loop.done < loop.total else 0.0
    return min(1.0, (loop.done + inner) / loop.total)
