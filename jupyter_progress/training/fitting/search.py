"""Searches: scikit-learn's own ``fit``, watched fold by fold; see ``training.searching``."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from ..searching.asked import AskedOfFit
from ..searching.forecast import Forecast
from ..searching.watching import SearchReport, SearchWatch, watched
from .watch import Fitted, Watch


def fit_search(estimator: Any, X: Any, y: np.ndarray, watch: Watch) -> Fitted:
    """Fit a search, and tell of its folds and candidates as they end."""
    if watch.spool is not None:
        return _fit(estimator, X, y, watch, watch.spool)
    with tempfile.TemporaryDirectory(prefix="jupyter-progress-") as folder:
        return _fit(estimator, X, y, watch, Path(folder))


def _fit(estimator: Any, X: Any, y: np.ndarray, watch: Watch, folder: Path) -> Fitted:
    teller = _Teller(watch)
    seen = SearchWatch(
        estimator,
        folder,
        tell=watch.tell_fact,
        report=teller.report,
        asked=watch.search_asked or AskedOfFit(watch.asked),
        warn=watch.warn,
        forecast=Forecast(estimator, watch.earlier, len(y), X.shape[1], watch.source),
    )
    teller.seen = seen
    with watched(seen):
        watch.call_fit(estimator, X, y, **watch.fit_params)
    watch.fits = seen.forecast.fits if seen.forecast else []
    if watch.has_rows and estimator.refit:
        watch.guard(lambda: watch.score_fitted(estimator))
    return Fitted(stopped=seen.is_stopped)


class _Teller:
    """Reports how far a search is, as a fit's steps are reported."""

    seen: SearchWatch

    def __init__(self, watch: Watch) -> None:
        self._watch = watch
        self._logged = 0

    def report(self, now: SearchReport) -> None:
        """Tell of the folds, and note the live score where there is a new fold."""
        watch = self._watch
        watch.steps = {"done": now.step, "total": now.total_steps}
        score = None if now.best is None else {"name": self.seen.scorer, "value": now.best}
        watch.report(
            stage="train",
            stage_progress=now.stage_progress,
            step=now.step,
            total_steps=now.total_steps,
            throughput=round(watch.train_rows * now.step / max(watch.elapsed_s, 1e-9), 1),
            monitoring_overhead=round(now.overhead, 5),
            live_score=score,
            running=now.running,
            stage_left=now.left,
        )
        if score is not None and now.step > self._logged:
            self._logged = now.step
            watch.log_metrics(now.step, {"live_score": now.best})
