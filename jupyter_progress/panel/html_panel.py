"""A panel for where no widget can be shown: plain HTML that is written anew as the run goes on."""

from __future__ import annotations

from typing import Any

from ..core.state import RunState
from ..core.wire import Message
from .display import Output, Outputs, show_once
from .feed import Feeds
from .watched import Actions, Watched

EVERY_S = 1.0
METADATA_KEY = "jupyter_progress"


class HtmlPanel:
    """What ``jp.Panel`` gives with ``JUPYTER_PROGRESS_DISPLAY=html``: no widget, and none is made.

    Parameters
    ----------
    run_id
        None: everything that is going on.
    feeds, actions, problem
        As for a :class:`~jupyter_progress.panel.widget.PanelWidget`.
    """

    def __init__(
        self, run_id: str | None = None, *, feeds: Feeds, actions: Actions, problem: str = ""
    ) -> None:
        self.run_id = run_id or ""
        self.problem = problem
        self._outputs = Outputs()
        self._watched = Watched(run_id, feeds, actions, self._heard)
        self._watched.follow(feeds.stream)

    @property
    def connection(self) -> str:
        """How it is fed: ``live``, ``polling``, ``local`` or ``offline``."""
        return self._watched.feed.connection

    @property
    def state(self) -> dict[str, Any] | None:
        """The run's state, or the snapshot of everything; current whether or not it is shown."""
        return self._watched.state

    @property
    def age_s(self) -> float | None:
        """Seconds since the source was last heard; None before."""
        return self._watched.age_s

    def _heard(self, messages: list[Message]) -> None:
        run = self._watched.run
        if run is not None and self._watched.is_told_by(messages):
            self._outputs.progressed(run)
        elif not self.run_id:
            self._outputs.changed()

    def bundle(self, *, asks: bool = True, is_new: bool = False) -> dict[str, Any]:
        """HTML and plain text."""
        return self._watched.forms(problem=self.problem, asks=asks)[1]

    def output_metadata(self) -> dict[str, Any]:
        """What an output says of itself, for ``jupyter progress report``."""
        return {METADATA_KEY: {"run_id": self.run_id or None}}

    def keep_fresh(self, output: Output) -> None:
        """Have an output written anew when what it shows has grown old."""
        self._outputs.add(output)

    def offer(self, run: RunState) -> None:
        """Take in the run's state from who knows it before the feed does."""
        self._watched.offer(run)

    def settle(self, run: RunState) -> None:
        """Write the outputs anew now, as the end of a cell may be the end of all listening."""
        self.offer(run)
        self._outputs.refresh()

    def display_once(self) -> bool:
        """Show it in the cell that runs now, unless it has been shown there already."""
        return show_once(self, ("html", self.run_id), Output(self, EVERY_S), asks=True)

    def reopen(self) -> None:
        """Nothing to open: there is no comm."""

    def _repr_mimebundle_(self, **_kwargs: Any) -> dict[str, Any]:
        return self.bundle()

    def _ipython_display_(self) -> None:
        self.display_once()

    def __repr__(self) -> str:
        told = f"Panel({self.run_id!r})" if self.run_id else "Panel()"
        return f"{told}: {self.problem}" if self.problem else told
