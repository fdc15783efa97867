"""``jp.Panel``: a live panel of a run, or of everything that is going on."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..core.names import is_run_id, shorten
from ..errors import ExtensionMissing, InvalidRequest, ProgressError, VersionMismatch
from ..panel.kernel_state import kernel_shell
from ..panel.widget import PanelWidget
from ..tracking import arguments
from .backend import Backend, current_backend
from .unfed import Unfed

PARTS = ("results", "chart", "candidates", "stages", "resources", "health", "activity", "output")


class Panel(PanelWidget):
    """A live panel: an ``ipywidgets.DOMWidget``, alone in a cell or inside of a layout.

    Parameters
    ----------
    run
        A run handle, a run id, or a ``jp.Run``; by default everything that is going on.
    show
        Parts to open at first; by default the panel is small.

    Attributes
    ----------
    connection
        How it is fed: ``live``, ``polling``, ``local`` (live, without a server) or ``offline``.
    state
        The run's state, or the snapshot of everything; current whether or not it is shown.
    """

    def __init__(self, run: Any = None, show: list[str] | None = None, **kwargs: Any) -> None:
        run_id, parts = _run_id(run), _parts(show)
        given: Backend | None = kwargs.pop("backend", None)
        self._check_traits(kwargs)
        try:
            backend = given or getattr(run, "_backend", None) or current_backend()
        except (ExtensionMissing, VersionMismatch) as problem:
            if kernel_shell() is None:
                raise  # no screen to say it on
            self._show_problem(problem, run_id, parts, kwargs)
            return
        if isinstance(run, str) and given is None:
            backend.state(run)  # an id that nobody knows is told now, not by an empty panel
        super().__init__(run_id, parts, feeds=backend.feeds, actions=backend, **kwargs)
        known = getattr(run, "_known", None)
        if known is not None:
            self.offer(known)

    def _show_problem(
        self,
        problem: ProgressError,
        run_id: str | None,
        parts: list[str] | None,
        traits: dict[str, Any],
    ) -> None:
        """A panel that says what has to be done before it can show anything."""
        unfed = Unfed(problem)
        super().__init__(
            run_id, parts, feeds=unfed.feeds, actions=unfed, problem=str(problem), **traits
        )

    @classmethod
    def _check_traits(cls, given: dict[str, Any]) -> None:
        """Refuse a keyword that no widget has, which ipywidgets only warns of."""
        for key in given:
            if key not in cls.class_trait_names():
                raise InvalidRequest(key, "is not known; expected run, show or a widget's layout")


def _run_id(run: Any) -> str | None:
    if run is None:
        return None
    found = run if isinstance(run, str) else getattr(run, "run_id", None)
    if isinstance(found, str) and is_run_id(found):
        return found
    if getattr(run, "run_id", None) == "":
        raise InvalidRequest("run", "has not begun; start() it, or use it in a `with` block")
    raise InvalidRequest(
        "run", f"{arguments.found(run)}; expected a run, a run's id, or nothing for all runs"
    )


def _parts(show: Any) -> list[str] | None:
    if show is None:
        return None
    expected = ", ".join(PARTS)
    if isinstance(show, str | bytes) or not isinstance(show, Iterable):
        raise InvalidRequest("show", f"{arguments.found(show)}; expected a list of: {expected}")
    wanted = list(show)
    for index, part in enumerate(wanted):
        if not isinstance(part, str):
            raise InvalidRequest(
                f"show[{index}]", f"{arguments.found(part)}; expected one of: {expected}"
            )
    unknown = [part for part in wanted if part not in PARTS]
    if unknown:
        shown = shorten(repr(unknown[0]), 80)
        raise InvalidRequest("show", f"has no part {shown}; expected some of: {expected}")
    return wanted
