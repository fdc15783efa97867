"""Follow one run in a terminal: drawn anew as it changes, or line by line where nobody looks."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from typing import Protocol

from rich.console import Console
from rich.live import Live
from rich.text import Text

from ..core.candidates import CandidateRow
from ..core.figures import name_within
from ..core.guessed import percent
from ..core.state import RunState
from ..core.transitions import has_ended
from ..core.view import View
from ..core.wire import Message
from ..errors import ServerUnreachable
from .terminal import COLOURS, draw_run, time_words, waiting_words_in

REDRAWS_PER_S = 8
PLAIN_INTERVAL_S = 3.0
BOARD_INTERVAL_S = 1.0

ReadBoard = Callable[[RunState], list[CandidateRow]]


class Source(Protocol):
    """What feeds a view: the follower of a server or of the journals."""

    connection: str

    def start(self) -> object: ...
    def stop(self) -> object: ...


class Watch:
    """What one terminal knows of one run.

    Parameters
    ----------
    run_id
        The run.
    read_board
        Reads a search's leaderboard; without it none is drawn.
    """

    def __init__(self, run_id: str, read_board: ReadBoard | None = None) -> None:
        self.run_id = run_id
        self.view = View()
        self.scores: list[float] = []
        self.changed = threading.Event()
        self.told: list[str] = []
        self._lock = threading.Lock()
        self._read_board = read_board
        self._board: list[CandidateRow] = []
        self._board_due = 0.0

    def take(self, messages: Sequence[Message], _connection: str) -> None:
        """Take in what the source has just applied to the view; called in the source's thread."""
        with self._lock:
            for message in messages:
                if message.type == "metrics_appended" and message.run_id == self.run_id:
                    self._take_scores(message)
                elif message.type == "activity_update" and message.run_id in (None, self.run_id):
                    self.told.append(message.data["text"])
        self.changed.set()

    def _take_scores(self, message: Message) -> None:
        for name in ("live_accuracy", "live_score"):
            points = message.data.get("series", {}).get(name, [])
            self.scores += [point[1] for point in points if point[1] is not None]

    @property
    def run(self) -> RunState | None:
        """The run's state, once it is known."""
        return self.view.runs.get(self.run_id)

    def board(self) -> list[CandidateRow]:
        """A search's leaderboard, read about once a second and once more at the run's end."""
        run = self.run
        if run is None or run.search is None or self._read_board is None:
            return self._board
        if time.monotonic() >= self._board_due or has_ended(run.status):
            self._board = self._read_board(run)
            # Of thousands of candidates it takes a while: the bar is not to wait for it.
            self._board_due = time.monotonic() + BOARD_INTERVAL_S
        return self._board

    def news(self) -> list[str]:
        """What the feed told since the last call."""
        with self._lock:
            told, self.told = self.told, []
        return told


def watch(
    watching: Watch, source: Source, console: Console, limit_s: float | None = None
) -> RunState:
    """Show a run until it has ended.

    Parameters
    ----------
    watching
        Fed by ``source``.
    source
        Started and stopped here.
    console
        Where to draw; a plain line now and then where it is no terminal.
    limit_s
        Give up after so many seconds, those in the queue not counted.

    Returns
    -------
    RunState
        The run's last state.
    """
    source.start()
    try:
        if console.is_terminal:
            return _draw(watching, source, console, limit_s)
        return _print(watching, source, console, limit_s)
    finally:
        source.stop()


def _draw(watching: Watch, source: Source, console: Console, limit_s: float | None) -> RunState:
    limit = _Limit(limit_s)
    with Live(console=console, refresh_per_second=REDRAWS_PER_S, transient=False) as live:
        while True:
            watching.changed.wait(0.5)
            watching.changed.clear()
            run = watching.run
            shown = (watching.view, watching.run_id, watching.scores, source.connection)
            live.update(draw_run(*shown, watching.board()))
            if run is not None and has_ended(run.status):
                return run
            limit.check(run)
            time.sleep(1 / REDRAWS_PER_S)


def _print(watching: Watch, source: Source, console: Console, limit_s: float | None) -> RunState:
    limit = _Limit(limit_s)
    last_line = 0.0
    while True:
        watching.changed.wait(0.5)
        watching.changed.clear()
        for text in watching.news():
            console.print(Text(f"  {text}"), soft_wrap=True)
        run = watching.run
        if run is not None and time.monotonic() - last_line >= PLAIN_INTERVAL_S:
            last_line = time.monotonic()
            console.print(_line(run, watching.view, source.connection), soft_wrap=True)
        if run is not None and has_ended(run.status):
            return run
        limit.check(run)


def _line(run: RunState, view: View, connection: str) -> Text:
    waiting = waiting_words_in(view, run)
    if waiting:
        return Text(f"  queued: {waiting[0].lower()}{waiting[1:]}", style="yellow")
    line = Text(f"{percent(run, 1).rjust(8)}  {run.current_stage or run.status}")
    if run.live_score is not None and run.live_score.value is not None:
        line.append(f"  live {name_within(run.live_score.name)} {run.live_score.value:.4f}")
    line.append(f"  {time_words(run)}")
    health = (view.health or {}).get("status")
    if health:
        line.append(f"  health {health}", style=COLOURS.get(str(health), ""))
    line.append(f"  ({connection})")
    return line


class _Limit:
    """The time that a run is given; its time in the queue is others' time."""

    def __init__(self, limit_s: float | None) -> None:
        self._limit_s = limit_s
        self._began = time.monotonic()

    def check(self, run: RunState | None) -> None:
        """Raise ServerUnreachable where the time is over."""
        if run is not None and run.status == "queued":
            self._began = time.monotonic()
        if self._limit_s is not None and time.monotonic() - self._began > self._limit_s:
            raise ServerUnreachable(f"the run did not end within {self._limit_s:.0f} s")
