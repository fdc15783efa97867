"""The widget: a model in the kernel that is fed, feeds its views, and carries out their clicks."""

from __future__ import annotations

import logging
import threading
import time
from typing import Any

import anywidget
import traitlets

from ..core.state import RunState
from ..core.wire import Message
from ..errors import ProgressError
from .assets import loader_source, view_source
from .attention import Attention
from .bundle import MIME_TYPE, mime_bundle, saved_state
from .clock import clock
from .delivery import Delivery
from .display import Output, Outputs, show_once
from .feed import Feeds, snapshot_of
from .kernel_state import kernel_state
from .outbox import Outbox
from .readers import is_executed, is_voila
from .told import Telling, ToldTraits, told_of
from .view_requests import carry_out
from .watched import Actions, Watched, askers

SIZES = ("panel", "line")

log = logging.getLogger(__name__)
# Of this kernel's panels those whose page reaches the server, and has the view's code from there.
_pages_with_code: set[str | None] = set()


class PanelWidget(ToldTraits, anywidget.AnyWidget):
    """A live view of one run, or of everything that is going on.

    Parameters
    ----------
    run_id
        None: everything.
    show
        Which parts are shown, in this order; by default what the view thinks best.
    size
        ``panel``, or ``line``: one line.
    feeds
        What it follows.
    actions
        Carries out what its views ask for.
    problem
        Why both of these can do nothing, and what a person has to do.
    """

    run_id = traitlets.Unicode("", read_only=True).tag(sync=True)
    log_id = traitlets.Unicode("", read_only=True).tag(sync=True)
    show = traitlets.List(traitlets.Unicode(), default_value=None, allow_none=True).tag(sync=True)
    size = traitlets.Enum(SIZES, "panel").tag(sync=True)
    snapshot = traitlets.Dict(default_value=None, allow_none=True, read_only=True).tag(sync=True)
    # How this panel is fed, as its view shows it: live, polling, local or offline.
    connection = traitlets.Unicode("offline", read_only=True).tag(sync=True)
    # Why nothing can feed this panel, and what to do about it; empty where something can.
    problem = traitlets.Unicode("", read_only=True).tag(sync=True)

    def __init__(
        self,
        run_id: str | None = None,
        show: list[str] | None = None,
        *,
        feeds: Feeds,
        actions: Actions,
        problem: str = "",
        **kwargs: Any,
    ) -> None:
        now = time.monotonic()
        self._feeds, self._actions = feeds, actions
        self._attention = Attention(now)
        self._outbox = Outbox(run_id)
        self._guard = threading.RLock()
        self._beaten_at = now
        self._outputs = Outputs()
        self._is_rendered = False
        self._has_had_comm = False
        self._told: object = None
        self._watched = Watched(run_id, feeds, actions, self._heard)
        self._delivery, self._telling = Delivery(self._tell_traits), Telling(self)
        super().__init__(show=show, _esm=loader_source(), **kwargs)
        self.set_trait("run_id", run_id or "")
        self.set_trait("problem", problem)
        self.on_msg(self._hear)
        self._watched.follow(feeds.stream)
        clock().add(self)

    # What is known

    @property
    def state(self) -> dict[str, Any] | None:
        """The run's state as ``GET runs/{id}`` has it, or the snapshot of everything."""
        return self._watched.state

    @property
    def age_s(self) -> float | None:
        """Seconds since the source was last heard; None before."""
        return self._watched.age_s

    def _heard(self, messages: list[Message]) -> None:
        with self._guard:
            for message in messages:
                self._outbox.add(message)
        run = self._watched.run
        # The machine's health, told each second, makes no report old.
        if run is None or not self._watched.is_told_by(messages):
            return
        if self._outputs.progressed(run):
            self.set_trait("snapshot", saved_state(run))

    def _facts(self) -> tuple[str, str, RunState | None]:
        """What the traits are made of, as it is by now."""
        feed = self._watched.feed
        connection = self._attention.shown_connection(feed.connection)
        return feed.position[0], connection, self._watched.run

    def _tell_traits(self) -> None:
        self._told = log_id, connection, run = self._facts()
        self._telling.tell({"log_id": log_id, "connection": connection, **told_of(run)})

    # What it sends, from the clock's thread

    def tick(self, now: float) -> None:
        """Send what is due: at most one message and one change of traits."""
        if self._has_had_comm and self._is_without_comm:
            self._attention.close()
        idle_since = kernel_state().idle_since
        judgement = self._attention.judge(now, idle_since)
        if (
            self._attention.is_code_due(now, idle_since)
            and not _pages_with_code
            and not is_executed()
        ):
            self._send_code()
        if not judgement.is_lost:
            self._send_asked_code(now)
        feed = self._feeds.polling if judgement.is_lost else self._feeds.stream
        if feed is not self._watched.feed:
            self._watched.follow(feed)
        if self._facts() != self._told:
            self._delivery.wake()
        if judgement.is_lost:
            self._outbox.clear()
            return
        self._send_due(now, judgement.forward == "everything", judgement.needs_snapshot)

    def _send_due(self, now: float, everything: bool, needs_snapshot: bool) -> None:
        with self._guard:
            messages: list[dict[str, Any]] = []
            whole = None
            if needs_snapshot or self._outbox.is_overfull:
                whole = self._watched.feed.snapshot()
            if whole is None and needs_snapshot:
                self._attention.owe()
            if whole is not None:
                self._outbox.clear()
                messages = [snapshot_of(whole, self._watched.told_run, self.run_id or None)]
            elif everything:
                messages = self._outbox.take()
            else:
                self._outbox.clear()
        if messages or now - self._beaten_at >= 1.0:
            self._beaten_at = now
            connection, age_s = self._watched.feed.connection, self.age_s
            next_s = self._watched.feed.next_attempt_s
            self.send(
                {
                    "type": "messages",
                    "messages": messages,
                    "connection": connection,
                    "age_s": None if age_s is None else round(age_s, 3),
                    "next_s": None if next_s is None else round(next_s, 3),
                }
            )

    def _send_code(self) -> None:
        self.send({"type": "bundle", "js": view_source()})

    def _send_asked_code(self, now: float) -> None:
        with self._guard:
            if self._attention.is_asked_code_due(now):
                self._send_code()

    # Its comm

    def open(self) -> None:
        """Open the comm, where there is a page for it.

        A program that executes the notebook would store the widget's state in its metadata, at
        which the HTML of nbconvert asks unpkg.com for code to show a dead widget with.
        """
        if not is_executed():
            self._open_comm()

    @property
    def model_id(self) -> str:
        """The widget's model; another widget that holds this one asks, and has it opened."""
        if self.comm is None:
            self._open_comm()
        return str(self.comm.comm_id)

    def _open_comm(self) -> None:
        super().open()
        self._has_had_comm = True

    @property
    def _is_without_comm(self) -> bool:
        return self.comm is None or getattr(self.comm, "_closed", False)

    def reopen(self) -> None:
        """Give the widget a comm again, after its page or somebody has closed it."""
        if not self._is_without_comm:
            return
        self.comm = None
        self.open()
        self._attention.reopen(time.monotonic())

    # What its views say

    def _hear(self, _widget: Any, content: Any, _buffers: Any) -> None:
        if not isinstance(content, dict):
            return
        now = time.monotonic()
        kind = content.get("type")
        if kind == "beat":
            views = content.get("views")
            self._attention.beat(
                now,
                str(content.get("connection") or ""),
                str(content.get("via") or "none"),
                views if isinstance(views, int) else 0,
            )
            self._note_renderer(content.get("rendered") is True)
            if self._attention.via in ("socket", "rest"):
                _pages_with_code.add(self.model_id)
        elif kind == "want" and content.get("what") == "snapshot":
            self._attention.ask(now)
        elif kind == "want" and content.get("what") == "retry":
            self._watched.feed.retry_now()
        elif kind == "want" and content.get("what") == "bundle":
            self._attention.ask_for_code()
            self._send_asked_code(now)
        elif kind == "control":
            askers.submit(self._control, content)

    def _control(self, content: dict[str, Any]) -> None:
        answer = None
        try:
            answer = self._carry_out(content)
            ok, message = True, ""
        except ProgressError as error:
            ok, message = False, str(error)
        except Exception as error:
            # Whatever went wrong, a view that waits for its answer gets one.
            log.exception("what a view asked for could not be carried out")
            ok, message = False, f"this failed in the kernel ({type(error).__name__}: {error})"
        result = {"type": "control_result", "id": content.get("id"), "ok": ok, "message": message}
        self.send(result if answer is None else {**result, "answer": answer})

    def _carry_out(self, content: dict[str, Any]) -> dict[str, Any] | None:
        return carry_out(content, self._actions, self.run_id or None)

    # What it leaves in a notebook

    def bundle(self, *, asks: bool = True, is_new: bool = False) -> dict[str, Any]:
        """All forms of this panel for an output.

        Parameters
        ----------
        asks
            Ask for what no feed tells, which may take a moment.
        is_new
            It is shown for the first time. The widget's view is left out later on where the page's
            renderer shows the panel without it, and at once where only a file is made: with it,
            what others make of the file would show a dead widget in place of the report.
        """
        own, static = self._watched.forms(
            problem=self.problem, show=self.show, size=self.size, asks=asks
        )
        has_view = self.comm is not None and (is_new or not self._is_rendered) and not is_executed()
        bundle = mime_bundle(own, static, self.model_id if has_view else None)
        if is_voila() and has_view:
            del bundle[MIME_TYPE]
        return bundle

    def output_metadata(self) -> dict[str, Any]:
        """Nothing: the project's own form says what an output is."""
        return {}

    def _note_renderer(self, is_rendered: bool) -> None:
        """The page says whether it is its renderer that shows this panel, and not the widget."""
        if is_rendered and not self._is_rendered:
            self._outputs.changed(is_stage=True)
        self._is_rendered = is_rendered

    def keep_fresh(self, output: Output) -> None:
        """Have an output written anew when what it shows has grown old."""
        self._outputs.add(output)

    def offer(self, run: RunState) -> None:
        """Take in the run's state from who knows it before the feed does."""
        self._watched.offer(run)

    def settle(self, run: RunState) -> None:
        """Write the outputs anew now, as the end of a cell may be the end of all listening.

        Parameters
        ----------
        run
            The run's state as the caller knows it.
        """
        self.offer(run)
        self._outputs.refresh()

    def display_once(self) -> bool:
        """Show it in the cell that runs now, unless it has been shown there already."""
        key = (self.run_id, tuple(self.show or ()), self.size)
        asks = is_executed()
        is_shown = show_once(self, key, output := Output(self), asks=asks)
        if is_shown and not asks and not self._watched.is_whole:
            output.changed(is_stage=True, is_final=True)
        return is_shown

    def _repr_mimebundle_(self, **_kwargs: Any) -> dict[str, Any]:
        return self.bundle(is_new=True)

    def _ipython_display_(self) -> None:
        self.reopen()
        self.display_once()

    def __repr__(self) -> str:
        told = f"Panel({self.run_id!r})" if self.run_id else "Panel()"
        return f"{told}: {self.problem}" if self.problem else told
