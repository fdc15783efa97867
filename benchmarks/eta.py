"""The time left of recorded runs beside tqdm's: how far off, how often in its range, how jumpy.

Each run is told as a first one, of which nothing is known, and as a repeated one, after the others
of its kind. The error is |told - true| as a share of the run, at 10, 25, 50 and 75 % of it; who
says nothing is taken to say that nothing is left. ``benchmarks.record_traces`` records the runs.

What is promised (``BARS``) is promised of the mean over kinds, each of which counts alike; a single
kind beyond it is flagged.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import mean

from .replay import Trace, load_traces, replayed
from .table import Figure

MOMENTS = (0.10, 0.25, 0.50, 0.75)
#: How far off the time left may be beside tqdm's, in the mean over kinds, by whether their steps
#: are even: on first runs and on repeated ones.
BARS = {False: (0.5, 0.25), True: (1.0, 1.0)}
EVENLY = tuple((at + 0.5) / 40 for at in range(40))


@dataclass(frozen=True)
class Told:
    """What was told of one run: errors at the moments, and what the range and the jumps were.

    Parameters
    ----------
    errors
        At each of ``MOMENTS``, as a share of the run.
    held
        For each moment at which there was a range: whether it held the truth.
    jumps
        How far the time left moved beside counting down, between two of 40 even moments.
    known
        The share of ``MOMENTS`` at which there was a number.
    """

    errors: list[float]
    jumps: list[float]
    known: float
    held: list[bool]


def told_of(trace: Trace, others: Sequence[Trace]) -> Told:
    """What this project tells of a run, after some others."""
    whole = trace.took_s
    states = replayed(trace, others, [share * whole for share in (*MOMENTS, *EVENLY)])
    at = dict(zip(sorted((*MOMENTS, *EVENLY)), states, strict=True))
    ranges = [(share, at[share].estimated_range) for share in EVENLY]
    held = [
        low <= (1 - share) * whole <= high
        for share, between in ranges
        if between
        for low, high in [between]
    ]
    lefts = {share: state.estimated_remaining for share, state in at.items()}
    return _told(lefts, whole, held)


def told_by_tqdm(trace: Trace) -> Told:
    """What tqdm would have shown, by its own class on the recording's clock."""
    from tqdm.std import tqdm

    total, steps = trace.steps
    now_s = 0.0
    bar = tqdm(total=total, file=io.StringIO())
    bar._time = lambda: now_s
    bar.start_t = bar.last_print_t = 0.0
    lefts: dict[float, float | None] = {}
    waiting = list(reversed(steps))
    for share in sorted((*MOMENTS, *EVENLY)):
        while waiting and waiting[-1][0] <= share * trace.took_s:
            now_s, done = waiting.pop()
            bar.update(done - bar.n)
        now_s = share * trace.took_s
        shown = bar.format_dict
        rate = shown["rate"] or shown["n"] / shown["elapsed"]
        lefts[share] = (total - shown["n"]) / rate if rate else None
    bar.disable = True
    return _told(lefts, trace.took_s, [])


def _told(lefts: dict[float, float | None], whole: float, held: list[bool]) -> Told:
    errors = [abs((lefts[share] or 0.0) / whole - (1 - share)) for share in MOMENTS]
    pairs = [(lefts[a], lefts[b], b - a) for a, b in pairwise(EVENLY)]
    jumps = [
        abs(after - before + apart * whole) / whole
        for before, after, apart in pairs
        if before is not None and after is not None
    ]
    known = mean(lefts[share] is not None for share in MOMENTS)
    return Told(errors, jumps, known, held)


@dataclass(frozen=True)
class Compared:
    """A kind of runs: by tqdm, as first runs, and as repeated ones."""

    kind: str
    even: bool
    held_out: bool
    tqdm: list[Told]
    first: list[Told]
    again: list[Told]


def compare(traces: list[Trace]) -> Compared:
    """All runs of one kind; a repeated one knows the others, and never itself."""
    one = traces[0]
    return Compared(
        one.kind, one.even, one.held_out,
        [told_by_tqdm(trace) for trace in traces],
        [told_of(trace, ()) for trace in traces],
        [told_of(trace, [each for each in traces if each is not trace]) for trace in traces],
    )  # fmt: skip


def error_of(told: Sequence[Told]) -> float:
    """The mean error."""
    return mean(error for each in told for error in each.errors)


def jump_of(told: Sequence[Told]) -> float:
    """How far the time left moves in all beside counting down, as a share of the run."""
    return mean(sum(each.jumps) for each in told)


def coverage_of(told: Sequence[Told]) -> float:
    """How often a range held the truth."""
    return mean(held for each in told for held in each.held)


@dataclass(frozen=True)
class BesideTqdm(Figure):
    """An error beside tqdm's, flagged where it is over the bar.

    Parameters
    ----------
    bar
        The ratio that it may have.
    """

    bar: float = 1.0

    @property
    def is_over(self) -> bool:
        """Whether the ratio is over the bar."""
        return self.other is not None and self.value > self.bar * self.other

    def line(self) -> str:
        """The figure as a row of a Markdown table."""
        said = super().line()
        return f"{said.removesuffix(' |')}, **over {self.bar:g} ×** |" if self.is_over else said


def beside_tqdm(name: str, kinds: Sequence[Compared]) -> Iterator[BesideTqdm]:
    """The mean error over kinds that are all even or all uneven, on first and repeated runs."""
    by_tqdm = mean(error_of(each.tqdm) for each in kinds)
    first, again = BARS[kinds[0].even]
    ours = mean(error_of(each.first) for each in kinds)
    yield BesideTqdm(f"{name}, first", ours, "", "tqdm", by_tqdm, first)
    ours = mean(error_of(each.again) for each in kinds)
    yield BesideTqdm(f"{name}, repeated", ours, "", "tqdm", by_tqdm, again)


def measure() -> Iterator[Figure]:
    """Kind by kind, and in the mean over kinds."""
    from threadpoolctl import threadpool_limits

    with threadpool_limits(limits=1):
        found = [compare(traces) for traces in load_traces()]
    for each in found:
        yield from beside_tqdm(f"{each.kind}{' (held out)' if each.held_out else ''}", [each])
    for name, kinds in (
        ("uneven steps", [each for each in found if not each.even]),
        ("uneven steps, held out", [each for each in found if not each.even and each.held_out]),
        ("even steps", [each for each in found if each.even]),
    ):
        yield from beside_tqdm(f"mean over the {len(kinds)} kinds of {name}", kinds)
        yield from _moved_and_held(name, kinds)


def _moved_and_held(name: str, kinds: Sequence[Compared]) -> Iterator[Figure]:
    moved = mean(jump_of(each.tqdm) for each in kinds)
    for which, told in (("first", "first"), ("repeated", "again")):
        jumped = mean(jump_of(getattr(each, told)) for each in kinds)
        yield Figure(f"jumps in all, {name}, {which}", jumped, "", "tqdm", moved)
        held = mean(
            coverage_of(getattr(each, told))
            for each in kinds
            if any(t.held for t in getattr(each, told))
        )
        yield Figure(f"truth within the range, {name}, {which}", 100 * held, "%")
