"""Recorded trainings, gone through again: what a view would have said is left, moment by moment.

The way is the real one: what the worker's estimators say goes as events and reports through the
core's ``reduce``, and history through a file of timings. Only the clock is the recording's.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from jupyter_progress.core.events import Event
from jupyter_progress.core.progress import apply_report
from jupyter_progress.core.reduce import reduce, refresh
from jupyter_progress.core.state import RunState
from jupyter_progress.core.times import to_iso
from jupyter_progress.training.cost_features import driving_params
from jupyter_progress.training.search_time import Round, SearchPlan, SearchTime
from jupyter_progress.training.timings import Timings
from jupyter_progress.training.workload import Workload

FOLDER = Path(__file__).parent / "traces"
START = 1_790_000_000.0


@dataclass(frozen=True)
class Trace:
    """One recorded run.

    Parameters
    ----------
    kind, even, held_out
        Of its kind: its name, whether its steps are even, whether it was left out of the making.
    told
        As it was recorded.
    """

    kind: str
    even: bool
    held_out: bool
    told: dict[str, Any] = field(repr=False)

    @property
    def clock(self) -> int:
        """Which of the two clocks counts: the processor's where there is one."""
        return 0 if self.told["took"][1] is None else 1

    @property
    def took_s(self) -> float:
        """The whole run."""
        return float(self.told["took"][self.clock])

    @property
    def steps(self) -> tuple[int, list[tuple[float, int]]]:
        """What a progress bar counts: how many, and at which time so many are done."""
        told = self.told
        if "stages" in told:
            return len(told["stages"]), [(at, n + 1) for n, (_, at, _) in enumerate(told["stages"])]
        if "fits" in told:
            ends = sorted(fit[3 + self.clock] for fit in told["fits"])
            return len(ends) + 1, [(at, n + 1) for n, at in enumerate(ends)]  # the refit is a step
        return told["total"], [(step[1 + self.clock], step[0]) for step in told["steps"]]


def load_traces(kinds: Sequence[str] = ()) -> list[list[Trace]]:
    """All recorded runs, kind by kind."""
    found = []
    for path in sorted(FOLDER.glob("*.json")):
        told = json.loads(path.read_text())
        if not kinds or told["kind"] in kinds:
            is_even = told["steps"] == "even"
            runs = told["runs"]
            found.append([Trace(told["kind"], is_even, told["held_out"], run) for run in runs])
    return found


def workload_of(trace: Trace) -> Workload:
    """What decides how long it takes."""
    told = trace.told
    searched = told["class"] if "fits" in told else ""
    params = told["params"]
    members = params.get("n_estimators") or params.get("max_iter")
    return Workload(
        estimator=f"{told['search']['class']}({searched})" if searched else told["class"],
        source=told["source"], cells=told["rows"] * told["columns"], rows=told["rows"],
        columns=told["columns"], params=params, searched=searched,
        members=members if isinstance(members, int) and members > 0 else None,
    )  # fmt: skip


def remember(traces: Sequence[Trace], path: Path) -> Timings:
    """What a data directory knows after these runs."""
    for trace in traces:
        told, fits = trace.told, []
        if "fits" in told:
            search = search_of(trace)
            for at, _now_s, fit_s, score_s, score in folds_of(trace):
                search.finished(at, 0.0, fit_s, score_s, score)
            fits = search.seen
        stages = {stage: took for stage, _, took in told.get("stages", [])}
        Timings(path).add(workload_of(trace), stages or {"train": trace.took_s}, fits)
    return Timings(path)


def search_of(trace: Trace, timings: Timings | None = None) -> SearchTime:
    """What follows its search; later rounds are known by their number of candidates alone."""
    told, search = trace.told, trace.told["search"]
    first = [driving_params(params) for params in search["rounds"][0]["candidates"]]
    rounds = [
        Round(first, each["rows"], len(each["candidates"]) if at else None)
        for at, each in enumerate(search["rounds"])
    ]
    plan = SearchPlan(
        told["class"], driving_params(told["params"]), told["rows"], told["columns"],
        told["source"], search["folds"], search["workers"], rounds, search["refit"],
    )  # fmt: skip
    return SearchTime(plan, timings.fits(told["class"]) if timings else ())


def folds_of(trace: Trace) -> list[tuple[tuple[int, int, int], float, float, float, float]]:
    """Its folds as they ended: place, time, seconds of fit and score, score."""
    rounds, found = trace.told["search"]["rounds"], []
    first = rounds[0]["candidates"]
    for number, candidate, fold, wall, cpu, fit_s, score_s, cpu_s, score in trace.told["fits"]:
        place = (number, first.index(rounds[number]["candidates"][candidate]), fold)
        # By the processor's clock both parts are shortened alike.
        share = cpu_s / max(fit_s + score_s, 1e-9) if trace.clock else 1.0
        now_s = cpu if trace.clock else wall
        found.append((place, now_s, share * fit_s, share * score_s, score))
    return sorted(found, key=lambda each: each[1])


class Replay:
    """One run, told again.

    Parameters
    ----------
    trace
        The run.
    timings
        What is known of earlier ones.
    """

    def __init__(self, trace: Trace, timings: Timings) -> None:
        self._trace = trace
        self._timings = timings
        ids = [stage for stage, _, _ in trace.told.get("stages", [("train", 0.0, 0.0)])]
        plan = [stage for stage in timings.plan(workload_of(trace)) if stage.id in ids]
        stages = msgspec.to_builtins(plan)
        self._state: RunState | None = None
        self._event(0.0, "training_started", {"name": "", "stages": stages})

    def at(self, moments: Sequence[float]) -> list[RunState]:
        """The run's state at each of these moments."""
        told = list(reversed(self._facts()))
        found = []
        for moment in sorted(moments):
            while told and told[-1][0] <= moment:
                now_s, kind, facts = told.pop()
                self._take(now_s, kind, facts)
            assert self._state is not None
            found.append(refresh(self._state, to_iso(START + moment)))
        return found

    def _facts(self) -> list[tuple[float, str, dict[str, Any]]]:
        told = self._trace.told
        if "stages" in told:
            return self._whole()
        begun = [(0.0, "stage_started", {"stage": "train"})]
        if "fits" in told:
            search = search_of(self._trace, self._timings)
            folds = folds_of(self._trace)
            first = [(0.0, "left", {"search": search})]
            return (
                begun
                + first
                + [(each[1], "fold", {"search": search, "fold": each}) for each in folds]
            )
        steps = [
            (at, "report", {"stage": "train", "stage_progress": 100.0 * step / told["total"]})
            for at, step in self._trace.steps[1]
        ]
        return begun + steps  # type: ignore[return-value]

    def _whole(self) -> list[tuple[float, str, dict[str, Any]]]:
        facts: list[tuple[float, str, dict[str, Any]]] = []
        for stage, at, took in self._trace.told["stages"]:
            facts.append((max(0.0, at - took), "stage_started", {"stage": stage}))
            facts.append((at, "stage_completed", {"stage": stage, "elapsed_s": took}))
        for step, total, at in self._trace.told["steps"]:
            share = 100.0 * step / total if total else None
            facts.append((at, "report", {"stage": "train", "stage_progress": share}))
        return sorted(facts, key=lambda fact: fact[0])

    def _take(self, now_s: float, kind: str, facts: dict[str, Any]) -> None:
        if kind == "fold":
            at, _, fit_s, score_s, score = facts["fold"]
            facts["search"].finished(at, now_s, fit_s, score_s, score)
        if kind in ("fold", "left"):
            left = facts["search"].left(now_s)
            if left is not None:
                report = {"stage": "train", "stage_left": [left.seconds, left.low, left.high]}
                self._report(now_s, report)
        elif kind == "report":
            self._report(now_s, facts)
        else:
            self._event(now_s, kind, facts)

    def _report(self, now_s: float, facts: dict[str, Any]) -> None:
        assert self._state is not None
        self._state = apply_report(self._state, facts, to_iso(START + now_s))

    def _event(self, now_s: float, kind: str, facts: dict[str, Any]) -> None:
        event = Event(type=kind, time=to_iso(START + now_s), data=facts, run_id="replayed")
        self._state = reduce(self._state, event)


def replayed(trace: Trace, others: Sequence[Trace], moments: Sequence[float]) -> list[RunState]:
    """A run's states at some moments, told by these other runs; with none: a first run."""
    with tempfile.TemporaryDirectory() as folder:
        timings = remember(others, Path(folder) / "timings.jsonl")
        return Replay(trace, timings).at(moments)
