"""A search's leaderboard in a terminal."""

from __future__ import annotations

import io

from rich.console import Console

from jupyter_progress.cli.leaderboard import draw_leaderboard
from jupyter_progress.cli.watching import Watch
from jupyter_progress.core.candidates import CandidateRow
from jupyter_progress.core.state import RunState, SearchState


def test_spread_that_nobody_knows_is_not_told_as_none() -> None:
    rows = [
        CandidateRow(candidate=3, mean=0.9, std=None, rank=1, status="completed"),
        CandidateRow(candidate=4, mean=0.8, std=0.0, rank=2, status="completed"),
    ]
    console = Console(file=io.StringIO(), width=80)
    console.print(draw_leaderboard(rows))
    lines = console.file.getvalue().splitlines()
    assert "0.9000" in lines[1]
    assert "±" not in lines[1]
    assert "0.8000 ± 0.0000" in lines[2]


def test_watched_board_is_read_about_once_a_second_and_once_more_at_the_end() -> None:
    asked: list[str] = []

    def read(run: RunState) -> list[CandidateRow]:
        asked.append(run.status)
        return [CandidateRow(candidate=len(asked))]

    watching = Watch("r", read)
    assert watching.board() == []
    running = RunState(run_id="r", status="running", search=SearchState())
    watching.view.runs["r"] = running
    boards = [watching.board()[0].candidate for _ in range(100)]
    assert boards == [1] * 100
    watching.view.runs["r"] = RunState(run_id="r", status="completed", search=SearchState())
    assert watching.board()[0].candidate == 2
    assert asked == ["running", "completed"]
