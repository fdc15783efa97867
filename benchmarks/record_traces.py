"""Record how real trainings went, for ``benchmarks.eta``: ``python -m benchmarks.record_traces``.

Each kind is recorded several times with other data, sizes and grids, so that a repeated run can be
judged by others of its kind and never by itself. A fold, a step and a stage have two clocks: the
wall's, and the processor time of the process. This machine has other work to do at times; the
second clock leaves out what that adds. The fits of several processes are laid out by the second
clock as their workers would take them. Whole runs have the wall's only.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from .trace_kinds import KINDS, Growing, Search, Whole

FOLDER = Path(__file__).parent / "traces"
SHOWN = 80  # steps that a recording keeps


class Clocks:
    """Both clocks, from zero."""

    def __init__(self) -> None:
        self._wall = time.perf_counter()
        self._cpu = time.process_time()

    def read(self) -> tuple[float, float]:
        """Seconds of the wall and of the processor."""
        return (
            round(time.perf_counter() - self._wall, 4),
            round(time.process_time() - self._cpu, 4),
        )


def record(spec: Search | Growing | Whole, variation: int) -> dict[str, Any]:
    """Train once, and tell how it went."""
    if isinstance(spec, Search):
        return _search(spec, variation)
    if isinstance(spec, Growing):
        return _growing(spec, variation)
    return _whole(spec, variation)


def _search(spec: Search, variation: int) -> dict[str, Any]:
    from sklearn.model_selection import _search as searching

    X, y, source = spec.rows(variation)
    search = spec.make(variation)
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "fits.jsonl"
        fit = searching._fit_and_score
        searching._fit_and_score = _Timed(fit, log)
        alone = search.n_jobs in (None, 1)
        clocks = Clocks()
        try:
            search.fit(X, y)
        finally:
            searching._fit_and_score = fit
        wall, cpu = clocks.read()
        fits = _told(log)
        if not alone:
            cpu = _laid_out(fits, search.n_jobs) + _refit_cpu_s(search, X, y)
    return {
        "class": _name(search.estimator), "source": source, "rows": len(X), "columns": X.shape[1],
        "params": _plain(search.estimator.get_params()),
        "search": {
            "class": type(search).__name__, "folds": search.n_splits_,
            "workers": search.n_jobs or 1, "refit": True, "rounds": _rounds(fits, search),
            "best": int(search.best_index_), "refit_s": round(search.refit_time_, 4),
        },
        "fits": _timed(fits, clocks, alone),
        "took": [wall, round(cpu, 4)],
    }  # fmt: skip


def _laid_out(fits: list[dict[str, Any]], workers: int) -> float:
    """Give each fit its end by processor time, on workers that each take the next; the last end."""
    free = [0.0] * workers
    for fit in fits:
        at = free.index(min(free))
        free[at] += fit["cpu"]
        fit["cpu_ended"] = free[at]
    return max(free)


def _refit_cpu_s(search: Any, X: Any, y: Any) -> float:
    from sklearn.base import clone

    began = time.process_time()
    clone(search.best_estimator_).fit(X, y)
    return time.process_time() - began


class _Timed:
    """``_fit_and_score`` that writes down what it did; it is pickled into other processes."""

    def __init__(self, fit: Callable[..., Any], log: Path) -> None:
        self._fit = fit
        self._log = str(log)

    def __call__(self, estimator: Any, X: Any, y: Any, **how: Any) -> Any:
        cpu = time.process_time()
        began = time.perf_counter()
        out = self._fit(estimator, X, y, **how)
        line = {
            "began": began, "ended": time.perf_counter(), "cpu": time.process_time() - cpu,
            "cpu_ended": time.process_time(), "candidate": how["candidate_progress"][0],
            "of": how["candidate_progress"][1], "fold": how["split_progress"][0],
            "rows": len(how["train"]), "params": _plain(how["parameters"]),
            "fit": out["fit_time"], "scoring": out["score_time"],
            "score": round(float(out["test_scores"]), 5),
        }  # fmt: skip
        with Path(self._log).open("ab", buffering=0) as file:
            file.write(json.dumps(line).encode() + b"\n")
        return out


def _told(log: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in log.read_text().splitlines()]


def _rounds(fits: list[dict[str, Any]], search: Any) -> list[dict[str, Any]]:
    """The rounds of a search, each with its candidates; one, unless it halves."""
    rounds: list[dict[str, Any]] = []
    for fit in fits:
        if not rounds or (fit["rows"], fit["of"]) != rounds[-1]["_key"]:
            rounds.append({"_key": (fit["rows"], fit["of"]), "candidates": {}, "rows": fit["rows"]})
        fit["round"] = len(rounds) - 1
        rounds[-1]["candidates"][fit["candidate"]] = fit["params"]
    if not hasattr(search, "n_candidates_") and len(rounds) > 1:
        for fit in fits:
            fit["round"] = 0
        merged = {k: v for each in rounds for k, v in each["candidates"].items()}
        rounds = [{"candidates": merged, "rows": rounds[0]["rows"]}]
    found = []
    for each in rounds:
        candidates = [each["candidates"][at] for at in sorted(each["candidates"])]
        found.append({"candidates": candidates, "rows": each["rows"]})
    return found


def _timed(fits: list[dict[str, Any]], clocks: Clocks, alone: bool) -> list[list[Any]]:
    """Each fit: round, candidate, fold, ended by the wall and the processor, seconds, score."""
    return [
        [
            fit["round"], fit["candidate"], fit["fold"],
            round(fit["ended"] - clocks._wall, 4),
            round(fit["cpu_ended"] - (clocks._cpu if alone else 0.0), 4),
            round(fit["fit"], 4), round(fit["scoring"], 4),
            round(fit["cpu"], 4), fit["score"],
        ]
        for fit in fits
    ]  # fmt: skip


def _growing(spec: Growing, variation: int) -> dict[str, Any]:
    X, y, source = spec.rows(variation)
    estimator, steps, total = spec.make(variation, X, y)
    clocks, told = Clocks(), []
    for step in steps:
        told.append([step, *clocks.read()])
    wall, cpu = clocks.read()
    every = max(1, len(told) // SHOWN)
    return {
        "class": _name(estimator), "source": source, "rows": len(X), "columns": X.shape[1],
        "params": _plain(estimator.get_params()), "total": total, "steps": told[every - 1 :: every],
        "took": [wall, cpu],
    }  # fmt: skip


def _whole(spec: Whole, variation: int) -> dict[str, Any]:
    """A whole run of this project, as its worker's journal tells it."""
    import jupyter_progress as jp

    X, y, source = spec.rows(variation)
    estimator = spec.make(variation)
    # One for all: a process finds its data directory once.
    folder = os.environ.setdefault("JUPYTER_PROGRESS_DATA_DIR", tempfile.mkdtemp())
    os.environ["JUPYTER_RUNTIME_DIR"] = folder
    run = jp.train(estimator, X, y, display=False).wait()
    path = Path(folder) / "runs" / run.run_id / "journal" / "worker-1.jsonl"
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    kept = ("training_started", "stage_started", "stage_completed", "training_completed")
    start = _seconds(next(each for each in lines if each["type"] == "training_started"))
    stages, steps = [], []
    for line in lines:
        at = round(_seconds(line) - start, 3)
        if line["type"] == "stage_completed":
            stages.append([line["data"]["stage"], at, line["data"]["elapsed_s"]])
        elif line["type"] == "training_progress" and "step" in line["data"]:
            steps.append([line["data"]["step"], line["data"].get("total_steps"), at])
    last = next(each for each in reversed(lines) if each["type"] in kept)
    every = max(1, len(steps) // SHOWN)
    return {
        "class": _name(estimator), "source": source, "rows": len(X), "columns": X.shape[1],
        "params": _plain(estimator.get_params()), "stages": stages, "steps": steps[::every],
        "took": [round(_seconds(last) - start, 3), None],
    }  # fmt: skip


def _seconds(line: dict[str, Any]) -> float:
    from jupyter_progress.core.times import from_iso

    return from_iso(line["time"])


def _name(estimator: Any) -> str:
    from jupyter_progress.training.workload import class_of

    return class_of(estimator)


def _plain(params: dict[str, Any]) -> dict[str, Any]:
    """What JSON holds of parameters."""
    import numpy as np

    def plain(value: Any) -> Any:
        if isinstance(value, np.generic):
            value = value.item()
        if isinstance(value, tuple):
            return list(value)
        return value if isinstance(value, int | float | str | bool | None) else type(value).__name__

    return {name: plain(value) for name, value in params.items()}


def _asked(names: list[str]) -> Iterator[tuple[str, Any]]:
    for name, spec in KINDS.items():
        if not names or name in names:
            yield name, spec


def main(names: list[str]) -> int:
    """Record the kinds that are named; all by default."""
    warnings.simplefilter("ignore")
    os.environ["PYTHONWARNINGS"] = "ignore"
    FOLDER.mkdir(exist_ok=True)
    for name, spec in _asked(names):
        began = time.monotonic()
        runs = [record(spec, variation) for variation in range(spec.times)]
        kept = {"kind": name, "steps": spec.steps, "held_out": spec.held_out, "runs": runs}
        text = json.dumps(kept, separators=(",", ":"))
        # A line a run: a recording made anew is a readable difference.
        text = text.replace('{"class":"sklearn', '\n{"class":"sklearn')
        (FOLDER / f"{name}.json").write_text(text + "\n")
        took = ", ".join(f"{run['took'][1] or run['took'][0]:.1f}" for run in runs)
        print(f"{name}: {took} s ({time.monotonic() - began:.0f} s in all)", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
