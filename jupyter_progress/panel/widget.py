"""The widget: a model in the kernel that is fed, feeds its views, and carries out their clicks."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Protocol

import anywidget
import msgspec
import traitlets

from ..core.candidates import CandidateRow, answer_of
from ..core.state import RunState
from ..core.times import to_iso
from ..core.transitions import has_ended
from ..core.wire import Activity, Message
from ..errors import InvalidRequest, ProgressError
from .assets import loader_source, view_source
from .attention import Attention
from .bundle import mime_bundle, mime_data, saved_state
from .clock import clock
from .feed import Feed, Feeds, snapshot_of
from .kernel_state import kernel_state
from .outbox import Outbox
from .scores import Scores

log = logging.getLogger(__name__)

OUTPUTS_KEPT_FRESH = 5
# Controls are answered from these threads: a slow server must not hold up the kernel.
_controllers = ThreadPoolExecutor(4, thread_name_prefix="jupyter-progress-control")


class Actions(Protocol):
    """What a view can ask for, carried out by a server or by this process."""

    def state(self, run_id: str) -> RunState: ...
    def stop(self, run_id: str) -> None: ...
    def cancel(self, run_id: str) -> None: ...
    def skip(self, run_id: str, candidate: int | None) -> None: ...
    def resume(self, run_id: str) -> None: ...
    def deploy(self, name: str, version: int | None, run_id: str | None) -> Any: ...
    def note(self, text: str, run_id: str | None) -> None: ...
    def candidates(self, run_id: str) -> list[CandidateRow]: ...


class Refreshable(Protocol):
    """An output in a notebook that a panel was displayed in."""

    def progressed(self, is_final: bool) -> None: ...
    def refresh(self, now: float) -> None: ...


class PanelWidget(anywidget.AnyWidget):
    """A live view of one run, or of everything that is going on.

    Parameters
    ----------
    run_id
        None: everything.
    show
        Which parts are open at first; by default what the view thinks best.
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
        self._scores = Scores(run_id)
        self._guard = threading.RLock()
        self._run: RunState | None = None
        self._leaderboard: tuple[object, list[CandidateRow]] | None = None
        self._stages_done = -1
        self._beaten_at = now
        self._feed: Feed = feeds.stream
        self._end_listening: Callable[[], None] | None = None
        self._outputs: deque[Refreshable] = deque(maxlen=OUTPUTS_KEPT_FRESH)
        super().__init__(show=show, _esm=loader_source(), **kwargs)
        self.set_trait("run_id", run_id or "")
        self.set_trait("problem", problem)
        self.on_msg(self._hear)
        self._follow(feeds.stream)
        clock().add(self)

    # What is known

    @property
    def state(self) -> dict[str, Any] | None:
        """The run's state as ``GET runs/{id}`` has it, or the snapshot of everything."""
        if not self.run_id:
            told = self._feed.snapshot()
            if told is None:
                return None
            return {**told.data, "log_id": told.log_id, "offset": told.offset}
        run = self.run_state
        return msgspec.to_builtins(run) if run is not None else None

    @property
    def run_state(self) -> RunState | None:
        """The state of the panel's run, where it shows one."""
        if not self.run_id:
            return None
        followed, known = self._feed.run(self.run_id), self._run
        if followed is None or (known is not None and known.end_time and not followed.end_time):
            return known
        return followed

    @property
    def age_s(self) -> float | None:
        """Seconds since the source was last heard; None before."""
        heard = self._feed.last_heard
        return None if heard is None else max(0.0, time.time() - heard)

    # What feeds it

    def _follow(self, feed: Feed) -> None:
        before = self._end_listening
        if feed is not self._feed:
            feed.adopt(self._feed.snapshot())
        self._end_listening = feed.listen(self._take)
        self._feed = feed
        if before is not None:
            before()
        if self.run_id and self._run is None and feed.run(self.run_id) is None:
            _controllers.submit(self._look_up)

    def _look_up(self) -> None:
        """A run that is no longer among the newest is not followed; its state is asked for once."""
        try:
            found = self._actions.state(self.run_id)
        except ProgressError:
            return  # the view says what it does not find; the feed says when it is offline
        with self._guard:
            self._run = self._run or found
        self._progressed(found)

    def _take(self, messages: list[Message], _connection: str) -> None:
        with self._guard:
            for message in messages:
                self._outbox.add(message)
                self._scores.add(message)
        run = self._feed.run(self.run_id) if self.run_id else None
        if run is not None:
            self._run = run
            self._progressed(run)

    def _progressed(self, run: RunState) -> None:
        """Have what is saved follow the run: at each stage's end and at the run's."""
        done = len(run.stages_completed) + (100 if run.end_time else 0)
        if done == self._stages_done:
            return
        self._stages_done = done
        self.set_trait("snapshot", saved_state(run))
        for output in list(self._outputs):
            output.progressed(run.end_time is not None)

    # What it sends, from the clock's thread

    def tick(self, now: float) -> None:
        """Send what is due: at most one message and one change of traits."""
        if self.comm is None or getattr(self.comm, "_closed", False):
            self._attention.close()
        judgement = self._attention.judge(now, kernel_state().idle_since)
        feed = self._feeds.polling if judgement.is_lost else self._feeds.stream
        if feed is not self._feed:
            self._follow(feed)
        self._tell_traits()
        if judgement.is_lost:
            self._outbox.clear()
            return
        self._send_due(now, judgement.forward == "everything", judgement.needs_snapshot)

    def _tell_traits(self) -> None:
        log_id = self._feed.position[0]
        if log_id != self.log_id:
            self.set_trait("log_id", log_id)
        connection = self._attention.shown_connection(self._feed.connection)
        if connection != self.connection:
            self.set_trait("connection", connection)

    def _send_due(self, now: float, everything: bool, needs_snapshot: bool) -> None:
        with self._guard:
            messages: list[dict[str, Any]] = []
            whole = None
            if needs_snapshot or self._outbox.is_overfull:
                whole = self._feed.snapshot()
            if whole is None and needs_snapshot:
                self._attention.owe()
            if whole is not None:
                self._outbox.clear()
                messages = [snapshot_of(whole, self._run, self.run_id or None)]
            elif everything:
                messages = self._outbox.take()
            else:
                self._outbox.clear()
        if messages or now - self._beaten_at >= 1.0:
            self._beaten_at = now
            connection, age_s = self._feed.connection, self.age_s
            next_s = self._feed.next_attempt_s
            self.send(
                {
                    "type": "messages",
                    "messages": messages,
                    "connection": connection,
                    "age_s": None if age_s is None else round(age_s, 3),
                    "next_s": None if next_s is None else round(next_s, 3),
                }
            )

    def reopen(self) -> None:
        """Give the widget a comm again, after its page or somebody has closed it."""
        if self.comm is not None and not getattr(self.comm, "_closed", False):
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
        elif kind == "want" and content.get("what") == "snapshot":
            self._attention.ask(now)
        elif kind == "want" and content.get("what") == "retry":
            self._feed.retry_now()
        elif kind == "want" and content.get("what") == "bundle":
            self.send({"type": "bundle", "js": view_source()})
        elif kind == "control":
            _controllers.submit(self._control, content)

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
        """Do it; what was asked for to be read is given back."""
        action, run_id = content.get("action"), content.get("run_id")
        if action in ("stop", "cancel", "resume") and isinstance(run_id, str):
            ask = {
                "stop": self._actions.stop,
                "cancel": self._actions.cancel,
                "resume": self._actions.resume,
            }
            ask[action](run_id)
        elif action == "skip" and isinstance(run_id, str):
            candidate = content.get("candidate")
            self._actions.skip(run_id, candidate if isinstance(candidate, int) else None)
        elif action == "deploy":
            version = content.get("version")
            self._actions.deploy(str(content.get("model") or ""), version, run_id)
        elif action == "candidates" and isinstance(run_id, str):
            limit = content.get("limit")
            rows = self._actions.candidates(run_id)
            return answer_of(rows, limit if isinstance(limit, int) and limit > 0 else len(rows))
        elif action == "note":
            self._actions.note(str(content.get("text") or ""), run_id)
        else:
            raise InvalidRequest(
                "action",
                f"is {action!r}; expected stop, cancel, resume, skip, deploy, note or candidates",
            )
        return None

    # What it leaves in a notebook

    def bundle(self) -> dict[str, Any]:
        """All forms of this panel for an output."""
        told = self._feed.snapshot()
        known = told.data if told is not None else {}
        activity = msgspec.convert(known.get("activity", []), list[Activity], strict=False)
        runs = msgspec.convert(known.get("runs", []), list[RunState], strict=False)
        run_id, run = self.run_id or None, self.run_state
        log_id, now = self._feed.position[0], to_iso(time.time())
        return mime_bundle(
            mime_data(run_id, run, activity, log_id=log_id, time=now, problem=self.problem),
            model_id=self.model_id if self.comm is not None else None,
            run=run,
            runs=runs,
            activity=activity,
            scores=self._scores.points,
            candidates=self._ended_leaderboard(run),
        )

    def _ended_leaderboard(self, run: RunState | None) -> list[CandidateRow]:
        """A search's candidates, asked for once it is over: they change no more."""
        if run is None or run.search is None or not has_ended(run.status):
            return []
        key = (run.run_id, run.end_time)
        if self._leaderboard is None or self._leaderboard[0] != key:
            try:
                self._leaderboard = (key, self._actions.candidates(run.run_id))
            except ProgressError:
                return []  # a report without them is one all the same; the next one asks again
        return self._leaderboard[1]

    def keep_fresh(self, output: Refreshable) -> None:
        """Have an output told when what it shows has grown old."""
        self._outputs.append(output)

    def offer(self, run: RunState) -> None:
        """Take in the run's state from who knows it before the feed does."""
        self._run = run
        self._progressed(run)

    def settle(self, run: RunState) -> None:
        """Write the outputs anew now, as the end of a cell may be the end of all listening.

        Parameters
        ----------
        run
            The run's state as the caller knows it.
        """
        self.offer(run)
        for output in list(self._outputs):
            output.refresh(time.monotonic())

    def _repr_mimebundle_(self, **_kwargs: Any) -> dict[str, Any]:
        return self.bundle()

    def _ipython_display_(self) -> None:
        from .display import show_panel

        self.reopen()
        show_panel(self)

    def __repr__(self) -> str:
        told = f"Panel({self.run_id!r})" if self.run_id else "Panel()"
        return f"{told}: {self.problem}" if self.problem else told
