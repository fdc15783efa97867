"""A part of an id, or a name in an id's place."""

from __future__ import annotations

from jupyter_progress.core.run_choice import ids_that_fit, named_hint
from jupyter_progress.core.state import RunState

IDS = [f"20260101-00000{n}-0000000{n}" for n in range(6)]


def named(*names: str) -> list[RunState]:
    return [RunState(run_id=run_id, name=name) for run_id, name in zip(IDS, names, strict=False)]


def test_id_is_found_by_its_beginning_and_its_end() -> None:
    assert ids_that_fit(IDS[2], IDS) == [IDS[2]]
    assert ids_that_fit("03", IDS) == [IDS[3]]
    assert ids_that_fit("20260101-000001", IDS) == [IDS[1]]
    assert ids_that_fit("2026", IDS) == IDS
    assert ids_that_fit("", IDS) == []
    assert ids_that_fit(IDS[0], IDS[1:]) == []


def test_runs_of_a_name_are_told_by_their_ids() -> None:
    assert (
        named_hint("early", named("late", "early")) == f"the run of that name has the id {IDS[1]}"
    )
    assert named_hint("early", named("late")) == ""
    many = named_hint("early", named(*["early"] * 5))
    assert many == f"runs of that name, the newest first: {', '.join(IDS[:3])} and 2 more"
