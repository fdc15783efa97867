"""What being watched costs a fit: each family bare and as a run's ``train`` stage, in pairs.

Both end with the model's score on the held-out rows; what is measured is what comes on top: live
scores along the way, progress, checkpoints.

The two of a pair follow each other at once, now this one first and now that one, so that what else
the machine does hits both alike. There are as many pairs as it takes for the 95 % confidence
interval of the ratio of wall times to be narrow; on a busy machine that may be never, and the line
says so. CPU time counts all threads, and the processes of jobs, and is less disturbed.
"""

from __future__ import annotations

import contextlib
import io
import math
import os
import resource
import statistics
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from .overhead_families import Family, families
from .table import Figure

WIDTH = 0.04
PAIRS_LEAST, PAIRS_MOST = 5, 120
TRIES = 12  # to find the size that takes so long
FIT_S = 2.5  # what a bare fit is made to take
SCORES_LEAST = 10
RATIO_MOST = 1.03
# Of Student's distribution, two-sided 95 %, for 4 to 10 degrees of freedom; 2.1 is beyond.
_T = {4: 2.78, 5: 2.57, 6: 2.45, 7: 2.36, 8: 2.31, 9: 2.26, 10: 2.23}
ROWS, COLUMNS = 20_000, 20


@dataclass
class Fits:
    """The pairs of one family so far: seconds of wall and of processor, bare and watched."""

    bare_s: list[float] = field(default_factory=list)
    watched_s: list[float] = field(default_factory=list)
    bare_cpu_s: list[float] = field(default_factory=list)
    watched_cpu_s: list[float] = field(default_factory=list)
    scores: list[int] = field(default_factory=list)

    @property
    def interval(self) -> tuple[float, float]:
        """Between which ratios of wall times the true one is, nineteen times in twenty."""
        logs = [math.log(w / b) for w, b in zip(self.watched_s, self.bare_s, strict=True)]
        middle = statistics.fmean(logs)
        half = _T.get(len(logs) - 1, 2.1) * statistics.stdev(logs) / math.sqrt(len(logs))
        return math.exp(middle - half), math.exp(middle + half)

    @property
    def is_narrow(self) -> bool:
        """Whether there are pairs enough."""
        if len(self.bare_s) < PAIRS_LEAST:
            return False
        low, high = self.interval
        return high - low <= WIDTH


@dataclass(frozen=True)
class Overhead(Figure):
    """A line with the interval of the ratio, CPU time and the number of scores."""

    fits: Fits = field(default_factory=Fits)

    def line(self) -> str:
        """The figure as a row of a Markdown table."""
        fits = self.fits
        low, high = fits.interval
        cpu = sum(fits.watched_cpu_s) / sum(fits.bare_cpu_s)
        said = [f"{low:.3f}–{high:.3f} ×", f"CPU {cpu:.3f} ×", f"{min(fits.scores)} scores"]
        if not fits.is_narrow:
            said.append(
                f"too busy a machine: {len(fits.bare_s)} pairs, still {high - low:.2f} wide"
            )
        if low > RATIO_MOST or min(fits.scores) < SCORES_LEAST:
            said.append("**too much**" if low > RATIO_MOST else "**too few scores**")
        pairs = f"bare fit, {len(fits.bare_s)} pairs"
        return (
            f"| {self.what} | {self.value:.3g} {self.unit} | {pairs}: {self.other:.3g} s "
            f"| {', '.join(said)} |"
        )


def measure() -> Iterator[Figure]:
    """Each family at one job and at two, where it knows jobs or threads."""
    only = set(os.environ.get("OVERHEAD_ONLY", "").split()) or None
    with tempfile.TemporaryDirectory() as folder:
        for family in families():
            if only is not None and family.name not in only:
                continue
            for jobs in family.jobs:
                bench = Bench(Path(folder))
                yield bench.measure(family, jobs)


def in_words(what: str, fits: Fits) -> Overhead:
    """The pairs as a line."""
    watched_s, bare_s = statistics.median(fits.watched_s), statistics.median(fits.bare_s)
    return Overhead(what, watched_s, "s", "bare fit", bare_s, fits)


def rows_for(estimator: Any, columns: int | None = None) -> tuple[Any, Any]:
    """Rows and targets that an estimator can be fitted on; of so many columns, or the usual."""
    from sklearn.base import is_classifier
    from sklearn.datasets import make_classification, make_regression

    if is_classifier(estimator):
        X, y = make_classification(
            ROWS, COLUMNS, n_informative=10, n_classes=3, flip_y=0.1, random_state=0
        )
        return (X, y) if columns is None else (_widened(X, columns), y)
    return make_regression(ROWS, COLUMNS, n_informative=10, noise=20.0, random_state=0)


def _widened(X: Any, columns: int) -> Any:
    """Random Fourier features of rows."""
    from sklearn.kernel_approximation import RBFSampler

    return RBFSampler(gamma=0.02, n_components=columns, random_state=0).fit_transform(X)


def size_for(family: Family, time_of: Callable[[int], float]) -> int:
    """How large a family has to be for a bare fit to take long enough."""
    size = family.start
    for _ in range(TRIES):
        took_s = time_of(size)
        if took_s >= FIT_S * 0.8:
            # The first one of several jobs starts their processes, too.
            took_s = min(took_s, time_of(size))
        if took_s >= FIT_S * 0.8:
            return size
        size = max(size + 1, math.ceil(size * min(10.0, 1.1 * FIT_S / max(took_s, 1e-3))))
    raise RuntimeError(f"{family.name} of size {size} still takes {took_s:.3g} s, not {FIT_S} s")


class Bench:
    """Fits one family, bare and in a run's own stage."""

    def __init__(self, folder: Path) -> None:
        from jupyter_progress.store.layout import DataDirectory

        self._data_dir = DataDirectory(folder / "data").ensure()
        self._rows: str | None = None

    def measure(self, family: Family, jobs: int) -> Overhead:
        """Fit in pairs until the interval is narrow, or for as long as that is tried."""
        from threadpoolctl import threadpool_limits

        with threadpool_limits(jobs), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            size = size_for(family, lambda size: self._bare_s(family, size, jobs))
            estimator = family.make(size, jobs)
            fits = Fits()
            while not fits.is_narrow and len(fits.bare_s) < PAIRS_MOST:
                self._pair(estimator, fits, is_bare_first=len(fits.bare_s) % 2 == 0)
        return in_words(f"{family.name}, size {size}, {jobs} job{'s' if jobs > 1 else ''}", fits)

    def _bare_s(self, family: Family, size: int, jobs: int) -> float:
        estimator = family.make(size, jobs)
        if self._rows is None or family.is_widened:
            X, y = rows_for(estimator, size if family.is_widened else None)
            self._rows = self._upload({"X": X, "y": y})
        context = self._before_training(estimator)
        took_s, _cpu_s = timed(lambda: _fit_barely(context))
        context.journal.close()
        return took_s

    def _pair(self, estimator: Any, fits: Fits, *, is_bare_first: bool) -> None:
        from jupyter_progress.models.parts import count_parts
        from jupyter_progress.training.stages import train

        context = self._before_training(estimator)
        metrics: dict[str, Any] = {}
        scores: list[dict[str, Any]] = []
        log_metrics = context.log_metrics

        def log_and_count(step: int, values: dict[str, float | None]) -> None:
            scores.append(values)
            log_metrics(step, values)

        context.log_metrics = log_and_count
        for is_bare in (is_bare_first, not is_bare_first):
            if is_bare:
                wall_s, cpu_s = timed(lambda: _fit_barely(context))
                fits.bare_s.append(wall_s)
                fits.bare_cpu_s.append(cpu_s)
            else:
                with contextlib.redirect_stdout(io.StringIO()):
                    _, cpu_s = timed(lambda: metrics.update(train.run(context)))
                    # How the model is saved is looked up after the fit, and not part of it.
                    cpu_s -= timed(lambda: count_parts(context.model))[1]
                fits.watched_s.append(metrics["fit_s"])
                fits.watched_cpu_s.append(cpu_s)
        context.journal.close()
        live = ("live_accuracy", "live_score")
        fits.scores.append(sum(any(name in values for name in live) for values in scores))

    def _before_training(self, estimator: Any) -> Any:
        """A run that has gone through all stages before ``train``, in this process."""
        from jupyter_progress.core.requests import RunRequest, check_run_request
        from jupyter_progress.training.asked import Asked
        from jupyter_progress.training.context import open_context
        from jupyter_progress.training.pipeline import STAGES
        from jupyter_progress.training.submit import create_run

        request = check_run_request(
            RunRequest(
                dataset={"source": "upload", "id": self._rows},
                estimator={"upload": self._upload(estimator)},
            )
        )
        run = create_run(self._data_dir, request, writer="kernel-00000000", who="", limits={})
        context = open_context(run.path, Asked(run))
        for stage in ("initialize", "load_data", "validate_data", "split_data", "preprocess"):
            STAGES[stage](context)
        return context

    def _upload(self, content: Any) -> str:
        import cloudpickle

        from jupyter_progress.training.uploads import Uploads

        with Uploads(self._data_dir).begin("pickle") as handed:
            handed.write(cloudpickle.dumps(content))
            return str(handed.finish()["id"])


def _fit_barely(context: Any) -> None:
    from sklearn.base import clone

    model = clone(context.estimator).fit(context.prepared_train, context.parts.train.y)
    # The run's fit ends with a score on all held-out rows, which a person would ask for, too; of a
    # search none are held out.
    if context.parts.validation is not None:
        model.score(context.prepared_validation, context.parts.validation.y)


def timed(work: Callable[[], object]) -> tuple[float, float]:
    """Seconds of wall, and of processor: of this process and of all that it has started."""
    cpu_s, wall_s = spent_s(), time.perf_counter()
    work()
    return time.perf_counter() - wall_s, spent_s() - cpu_s


def spent_s() -> float:
    """What this process and its children, those that are gone too, had of the processors so far."""
    gone = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = time.process_time() + gone.ru_utime + gone.ru_stime
    for child in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.Error):
            spent += sum(child.cpu_times()[:4])  # its own children's, too, that are gone
    return spent


if __name__ == "__main__":
    for found in measure():
        print(found.line(), flush=True)
    sys.exit(0)
