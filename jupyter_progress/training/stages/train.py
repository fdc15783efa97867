"""``train``: the estimator is fitted on the training rows, and scored on others as it grows."""

from __future__ import annotations

import time
from typing import Any

from ...models.parts import count_parts
from ..context import Context
from ..fitting import Watch, choose_way
from ..fitting.choose import shows_steps
from ..searching import AskedOfSearch, search_in
from ..searching.outcome import keep_search
from ..workload import source_of


def run(context: Context) -> dict[str, Any]:
    """Fit."""
    assert context.parts is not None
    train, validation = context.parts.train, context.parts.validation
    watch = Watch(
        X=context.prepared_validation,
        y=validation.y if validation else None,
        is_classifier=context.is_classifier,
        scoring=context.request.scoring,
        max_overhead=context.request.max_overhead,
        asked=context.asked,
        report=context.report,
        log_metrics=context.log_metrics,
        warn=lambda text: context.finding("warning", text),
        train_rows=train.rows,
        spool=context.run.search_dir,
        tell_fact=context.journal.append,
        search_asked=AskedOfSearch(context.asked),
        source=source_of(context.request.dataset),
        earlier=context.timings.fits,
    )
    has_steps = shows_steps(context.estimator)
    if not has_steps:
        context.finding(
            "info",
            f"{_named(context.estimator)} shows no inner progress: its fit is one call, and its "
            "score comes at the end",
        )
    begun_s = time.perf_counter()
    fitted = choose_way(context.estimator)(
        context.estimator, context.prepared_train, train.y, watch
    )
    fit_s = time.perf_counter() - begun_s
    context.fits = watch.fits
    context.asked.check()
    context.stopped = fitted.stopped
    context.steps = watch.steps if has_steps else None
    context.live = dict(watch.last)
    context.processed = watch.processed
    search = search_in(context.estimator)
    if search is not None:
        keep_search(context, search)
    if search is None or search.refit:
        context.model = _whole(context)
        context.model_parts = count_parts(context.model)
    return {**watch.last, "fit_s": round(fit_s, 4), "rows": train.rows}


def _named(estimator: Any) -> str:
    """The estimator's class; of a pipeline also the last step's."""
    steps = getattr(estimator, "steps", None)
    inner = f" of {type(steps[-1][1]).__name__}" if steps else ""
    return type(estimator).__name__ + inner


def _whole(context: Context) -> Any:
    """One model that takes raw rows."""
    if context.preprocessor is None:
        return context.estimator
    from sklearn.pipeline import Pipeline

    return Pipeline([("preprocess", context.preprocessor), ("model", context.estimator)])
