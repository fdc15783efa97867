"""``jp.Panel``: a live panel of a run, or of everything that is going on."""

from __future__ import annotations

from typing import Any

from ..core.names import is_run_id, shorten
from ..errors import InvalidRequest
from ..panel.widget import PanelWidget
from .backend import Backend, current_backend

PARTS = ("results", "chart", "stages", "resources", "health", "activity", "output")


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
        backend: Backend = kwargs.pop("backend", None) or getattr(run, "_backend", None)  # type: ignore[assignment]
        backend = backend or current_backend()
        super().__init__(_run_id(run), _parts(show), feeds=backend.feeds, actions=backend, **kwargs)
        known = getattr(run, "_known", None)
        if known is not None:
            self.offer(known)


def _run_id(run: Any) -> str | None:
    if run is None:
        return None
    found = run if isinstance(run, str) else getattr(run, "run_id", None)
    if isinstance(found, str) and is_run_id(found):
        return found
    raise InvalidRequest(
        "run", f"is {shorten(repr(run), 80)}; expected a run, a run's id, or nothing for all runs"
    )


def _parts(show: Any) -> list[str] | None:
    if show is None:
        return None
    if isinstance(show, str) or not all(isinstance(part, str) for part in show):
        raise InvalidRequest("show", f"is {show!r}; expected a list of: {', '.join(PARTS)}")
    unknown = [part for part in show if part not in PARTS]
    if unknown:
        raise InvalidRequest("show", f"has no {unknown[0]!r}; expected some of: {', '.join(PARTS)}")
    return list(show)
