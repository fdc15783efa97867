"""``jp.Panel``: a live panel of a run, or of everything that is going on."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..core.names import is_run_id, shorten
from ..errors import ExtensionMissing, InvalidRequest, VersionMismatch
from ..panel.html_panel import HtmlPanel
from ..panel.kernel_state import kernel_shell
from ..panel.readers import display_way
from ..panel.widget import SIZES, PanelWidget
from ..tracking import arguments
from .backend import Backend, current_backend
from .unfed import Unfed

PARTS = (
    "progress", "stages", "chart", "candidates", "results", "resources", "health", "activity",
    "output", "controls",
)  # fmt: skip
# Of everything that is going on: the list of runs, the machine, the feed.
PARTS_OF_ALL = ("progress", "health", "activity")


class Panel(PanelWidget):
    """A live panel: an ``ipywidgets.DOMWidget``, alone in a cell or inside of a layout.

    Parameters
    ----------
    run
        A run handle, a run id, or a ``jp.Run``; by default everything that is going on.
    show
        The parts that are shown, exactly these and in this order; by default the panel is small,
        with all of them behind its "Details".
    size
        ``"panel"``, or ``"line"``: all that matters in one line, which fits into a table's cell.

    Attributes
    ----------
    connection
        How it is fed: ``live``, ``polling``, ``local`` (live, without a server) or ``offline``.
    state
        The run's state, or the snapshot of everything; current whether or not it is shown.
    progress, stage, live_score, status, run_state
        Of the run, for ``link``, ``jslink`` and ``observe``.
    """

    def __new__(
        cls, run: Any = None, show: list[str] | None = None, size: str = "panel", **kwargs: Any
    ) -> Any:
        """A plain object in its place, where ``JUPYTER_PROGRESS_DISPLAY`` asks for plain HTML."""
        if display_way() == "html":
            return _html_panel(run, show, size, **kwargs)
        return super().__new__(cls)

    def __init__(
        self, run: Any = None, show: list[str] | None = None, size: str = "panel", **kwargs: Any
    ) -> None:
        run_id, parts = _run_id(run), _checked(run, show, size)
        given: Backend | None = kwargs.pop("backend", None)
        self._check_traits(kwargs)
        backend = _backend_of(run, given)
        super().__init__(
            run_id, parts, size=size, feeds=backend.feeds, actions=backend,
            problem=_problem_of(backend), **kwargs,
        )  # fmt: skip
        known = getattr(run, "_known", None)
        if known is not None:
            self.offer(known)

    @classmethod
    def _check_traits(cls, given: dict[str, Any]) -> None:
        """Refuse a keyword that no widget has, which ipywidgets only warns of."""
        for key in given:
            if key not in cls.class_trait_names():
                raise InvalidRequest(
                    key, "is not known; expected run, show, size or a widget's layout"
                )


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


def _html_panel(
    run: Any = None, show: Any = None, size: str = "panel", backend: Backend | None = None, **_: Any
) -> HtmlPanel:
    """What is asked for is checked all the same; a layout is for widgets."""
    run_id = _run_id(run)
    _checked(run, show, size)
    found = _backend_of(run, backend)
    panel = HtmlPanel(run_id, feeds=found.feeds, actions=found, problem=_problem_of(found))
    known = getattr(run, "_known", None)
    if known is not None:
        panel.offer(known)
    return panel


def _backend_of(run: Any, given: Backend | None) -> Any:
    """Who feeds a panel of this run; an :class:`Unfed` where nobody can."""
    try:
        backend = given or getattr(run, "_backend", None) or current_backend()
    except (ExtensionMissing, VersionMismatch) as problem:
        if kernel_shell() is None:
            raise  # no screen to say it on
        return Unfed(problem)
    if isinstance(run, str) and given is None:
        backend.state(run)  # an id that nobody knows is told now, not by an empty panel
    return backend


def _problem_of(backend: Any) -> str:
    return str(backend.problem) if isinstance(backend, Unfed) else ""


def _checked(run: Any, show: Any, size: Any) -> list[str] | None:
    if size not in SIZES:
        expected = " or ".join(map(repr, SIZES))
        raise InvalidRequest("size", f"{arguments.found(size)}; expected {expected}")
    if show is not None and size == "line":
        raise InvalidRequest(
            "show", "is given for a line, which has no parts; leave one of both out"
        )
    return _parts(show, PARTS if run is not None else PARTS_OF_ALL)


def _parts(show: Any, known: tuple[str, ...]) -> list[str] | None:
    if show is None:
        return None
    expected = ", ".join(known)
    if isinstance(show, str | bytes) or not isinstance(show, Iterable):
        raise InvalidRequest("show", f"{arguments.found(show)}; expected a list of: {expected}")
    wanted = list(show)
    for index, part in enumerate(wanted):
        if not isinstance(part, str):
            raise InvalidRequest(
                f"show[{index}]", f"{arguments.found(part)}; expected one of: {expected}"
            )
        if part in PARTS and part not in known:
            raise InvalidRequest(
                f"show[{index}]",
                f"is {part!r}, a part of one run; name the run, or expected of all: {expected}",
            )
        if part not in known:
            shown = shorten(repr(part), 80)
            raise InvalidRequest("show", f"has no part {shown}; expected some of: {expected}")
        if part in wanted[:index]:
            raise InvalidRequest("show", f"names {part!r} twice; expected each part once")
    return wanted
