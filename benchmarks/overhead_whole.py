"""What watching costs with all that takes part in it: a run's processes, and ``jp.observe``.

- Through the keeper: a run of the local backend beside a script of plain Python that reads the same
  rows, fits, scores and keeps the model. Wall is the fit and its score on the held-out rows; CPU
  is all of it from the start to the end, of all processes: keeper, worker, and the reader of the
  journals in this one. So it has the start of two interpreters more, and what saving looks up.
- By ``jp.observe``: a plain ``fit`` in this process, bare and in its block, with the score on the
  held-out rows at the end of both.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from .overhead import PAIRS_MOST, Fits, Overhead, in_words, rows_for, size_for, spent_s, timed
from .overhead_families import Family, families

WHOLE = "RandomForestClassifier"
OBSERVED = ("RandomForestClassifier", "HistGradientBoostingClassifier")
LIVE = "live_accuracy"
_SCRIPT = """
import pickle, sys, time
from pathlib import Path
from sklearn.model_selection import train_test_split
folder = Path(sys.argv[1])
estimator, X, y = pickle.loads((folder / "handed.pickle").read_bytes())
X, X_test, y, y_test = train_test_split(X, y, test_size=0.2, random_state=0, stratify=y)
X, X_val, y, y_val = train_test_split(X, y, test_size=0.25, random_state=0, stratify=y)
began = time.perf_counter()
model = estimator.fit(X, y)
model.score(X_val, y_val)
print(time.perf_counter() - began)
model.score(X_test, y_test)
(folder / "model.pickle").write_bytes(pickle.dumps(model))
"""


def measure() -> Iterator[Overhead]:
    """One family through its keeper, and two in the block of ``jp.observe``."""
    from threadpoolctl import threadpool_limits

    known = {family.name: family for family in families()}
    with threadpool_limits(1), tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        yield _through_keeper(known[WHOLE], Path(folder))
        for name in OBSERVED:
            yield _by_observe(known[name], Path(folder))


def _through_keeper(family: Family, folder: Path) -> Overhead:
    from jupyter_progress.notebook.local_backend import LocalBackend

    X, y = rows_for(family.make(family.start, 1))
    backend = LocalBackend(folder / "data")
    data = _upload(backend, {"X": X, "y": y})

    def script(size: int) -> float:
        return _script(family.make(size, 1), X, y, folder)

    size = size_for(family, script)
    model = _upload(backend, family.make(size, 1))
    fits = _pairs(lambda: _spent(lambda: script(size)), lambda: _run(backend, data, model))
    return in_words(f"{family.name}, size {size}, through its keeper", fits)


def _script(estimator: Any, X: Any, y: Any, folder: Path) -> float:
    import pickle

    (folder / "handed.pickle").write_bytes(pickle.dumps((estimator, X, y)))
    command = [sys.executable, "-c", _SCRIPT, str(folder)]
    return float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def _spent(work: Callable[[], float]) -> tuple[float, float, int]:
    before_s = spent_s()
    return work(), spent_s() - before_s, 0


def _run(backend: Any, data: str, model: str) -> tuple[float, float, int]:
    """The run's fit, the processor time of all, and the number of its scores."""
    from jupyter_progress.core.requests import RunRequest
    from jupyter_progress.core.transitions import has_ended
    from jupyter_progress.store.journal import read_journal

    before_s = spent_s()
    request = RunRequest(dataset={"source": "upload", "id": data}, estimator={"upload": model})
    run_id = backend.submit(request).run_id
    while not has_ended((state := backend.state(run_id)).status):
        time.sleep(0.2)
    for thread in threading.enumerate():
        if thread.name == f"keeper {run_id}":
            thread.join()  # only then its processor time is known
    cpu_s = spent_s() - before_s
    if state.status != "completed":
        raise RuntimeError(f"the run ended as {state.status}: {state.error}")
    fit_s = 0.0
    for path in backend.data.run(run_id).journals.glob("worker*.jsonl"):
        for line in read_journal(path).lines:
            if line.type == "stage_completed" and line.data["stage"] == "train":
                fit_s = line.data["metrics"]["fit_s"]
    return fit_s, cpu_s, len(backend.series(run_id, [LIVE])[LIVE])


def _upload(backend: Any, content: Any) -> str:
    import io

    import cloudpickle

    return str(backend.upload(io.BytesIO(cloudpickle.dumps(content)), "pickle"))


def _by_observe(family: Family, folder: Path) -> Overhead:
    from sklearn.base import clone
    from sklearn.model_selection import train_test_split

    import jupyter_progress as jp

    X, X_val, y, y_val = train_test_split(
        *rows_for(family.make(family.start, 1)), test_size=0.25, random_state=0
    )

    def bare(size: int) -> tuple[float, float, int]:
        model = family.make(size, 1)
        return *timed(lambda: model.fit(X, y).score(X_val, y_val)), 0

    size = size_for(family, lambda size: bare(size)[0])
    plain = family.make(size, 1)

    def watched() -> tuple[float, float, int]:
        model = clone(plain)

        def fit() -> None:
            with run:
                model.fit(X, y)

        run = jp.observe(model, X_val, y_val, display=False, data_dir=folder / "observed")
        wall_s, cpu_s = timed(fit)
        return wall_s, cpu_s, len(run.history([LIVE]))

    fits = _pairs(lambda: bare(size), watched)
    return in_words(f"{family.name}, size {size}, in jp.observe", fits)


def _pairs(
    bare: Callable[[], tuple[float, float, int]], watched: Callable[[], tuple[float, float, int]]
) -> Fits:
    """Both in turns until the interval is narrow; each answers wall, CPU and scores."""
    fits = Fits()
    while not fits.is_narrow and len(fits.bare_s) < PAIRS_MOST:
        for is_bare in (True, False) if len(fits.bare_s) % 2 == 0 else (False, True):
            wall_s, cpu_s, scores = bare() if is_bare else watched()
            (fits.bare_s if is_bare else fits.watched_s).append(wall_s)
            (fits.bare_cpu_s if is_bare else fits.watched_cpu_s).append(cpu_s)
            if not is_bare:
                fits.scores.append(scores)
    return fits
