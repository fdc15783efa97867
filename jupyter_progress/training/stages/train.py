"""``train``: the estimator is fitted on the training rows, and scored on others as it grows."""

from __future__ import annotations

import time
from typing import Any

from ...core.names import shorten
from ...core.run_limits import EarlyStopping
from ...models.parts import count_parts
from ...models.preprocessed import Preprocessed
from ..context import Context
from ..early_stopping import EarlyEnd, score_in
from ..estimators import has_tags
from ..fit_params import divides_by_groups, fit_params, is_search
from ..fitting import Fitted, Watch, choose_way
from ..fitting.choose import keep_first, shows_steps
from ..searching.asked import AskedOfSearch
from ..searching.kinds import search_in
from ..searching.outcome import keep_search
from ..sources.targets import count_targets
from ..workload import source_of


def run(context: Context) -> dict[str, Any]:
    """Fit."""
    assert context.parts is not None
    train = context.parts.train
    rule = context.request.early_stopping
    early = EarlyEnd(rule, context.asked) if rule is not None else None
    watch = _watch(context, early)
    targets = count_targets(train.y)
    has_steps = shows_steps(context.estimator, watch.fit_params, targets=targets)
    _tell_of_groups(context)
    if not has_steps:
        _tell_of_one_call(context, targets)
    fitted, fit_s = _fit(context, watch, targets)
    context.fits = watch.fits
    context.asked.check()
    context.stopped = fitted.stopped and context.asked.to_stop
    context.stopped_early = fitted.stopped and not context.stopped
    context.steps = watch.steps if has_steps else None
    context.live = dict(watch.last)
    if early is not None and rule is not None:
        _end_early(context, early, rule)
    context.processed = watch.processed
    search = search_in(context.estimator)
    if search is not None:
        keep_search(context, search)
    if search is None or search.refit:
        context.model = _whole(context)
        context.model_parts = count_parts(context.model)
    return {**watch.last, "fit_s": round(fit_s, 4), "rows": train.rows}


def _watch(context: Context, early: EarlyEnd | None) -> Watch:
    """What scores the fit as it grows, and tells of it."""
    assert context.parts is not None
    train, validation = context.parts.train, context.parts.validation
    return Watch(
        X=context.prepared_validation,
        y=validation.y if validation else None,
        is_classifier=context.is_classifier,
        scoring=context.scorer_name,
        scorer=context.scorer,
        max_overhead=context.request.max_overhead,
        asked=early or context.asked,
        report=context.report,
        log_metrics=context.log_metrics,
        warn=lambda text: context.finding("warning", text),
        inform=lambda text: context.finding("info", text),
        train_rows=train.rows,
        fit_params=fit_params(context.estimator, train.sample_weight, train.groups),
        spool=context.run.search_dir,
        tell_fact=context.journal.append,
        search_asked=AskedOfSearch(context.asked),
        source=source_of(context.request.dataset),
        earlier=context.timings.fits,
        keeping=context.keeping,
        on_scores=early.observe if early else None,
    )


def _fit(context: Context, watch: Watch, targets: int) -> tuple[Fitted, float]:
    """Fit, and the seconds that it took."""
    assert context.parts is not None
    begun_s = time.perf_counter()
    try:
        way = choose_way(context.estimator, watch.fit_params, targets=targets)
        fitted = way(context.estimator, context.prepared_train, context.parts.train.y, watch)
        context.end_if_copy()
    finally:
        if context.keeping is not None:
            context.keeping.close()
    return fitted, time.perf_counter() - begun_s


def _tell_of_one_call(context: Context, targets: int) -> None:
    of_several = f" with {targets:,} targets" if targets > 1 else ""
    context.finding(
        "info",
        f"{_named(context.estimator)} shows no inner progress{of_several}: its fit is one call, "
        "and its score comes at the end",
    )


def _tell_of_groups(context: Context) -> None:
    """Say where a search makes its folds without regard to the groups."""
    assert context.parts is not None
    estimator = context.estimator
    has_groups = context.parts.train.groups is not None
    if has_groups and is_search(estimator) and not divides_by_groups(estimator):
        context.finding(
            "warning",
            f"The folds of this search ignore the groups: its cv is "
            f"{shorten(repr(estimator.cv), 80)}; with cv=GroupKFold(5) no group is in two folds",
        )


def _end_early(context: Context, early: EarlyEnd, rule: EarlyStopping) -> None:
    """Go back to the best step, where the model can be cut back to it, and say how it went."""
    best, done = early.best_step, (context.steps or {}).get("done")
    is_restored = best is not None and (
        best == done or (rule.restore_best and keep_first(context.estimator, best))
    )
    context.early_stopping = early.told(is_restored)
    if context.stopped_early:
        best_words = f"{score_in(early.best):.4f} at step {best:,}"
        kept = "which is kept" if is_restored else "but the model is that of its last step"
        context.finding(
            "info", f"Early stopping at step {done:,}: the best score was {best_words}, {kept}"
        )
    if is_restored and best != done and context.steps is not None:
        context.live = dict(early.best)
        context.steps = {**context.steps, "done": best}
        context.report(
            stage="train",
            step=best,
            live_accuracy=early.best.get("live_accuracy"),
            live_score={
                "name": context.scorer_name or ("accuracy" if context.is_classifier else "r2"),
                "value": score_in(early.best),
            },
        )


def _named(estimator: Any) -> str:
    """The estimator's class; of a pipeline also the last step's, however deep it stands."""
    from sklearn.pipeline import Pipeline

    last = estimator
    while isinstance(last, Pipeline) and last.steps:
        last = last.steps[-1][1]
    inner = "" if last is estimator else f" of {type(last).__name__}"
    return type(estimator).__name__ + inner


def _whole(context: Context) -> Any:
    """One model that takes raw rows."""
    if context.preprocessor is None:
        return context.estimator
    from sklearn.pipeline import Pipeline

    if not has_tags(context.estimator):
        return Preprocessed(context.preprocessor, context.estimator)
    return Pipeline([("preprocess", context.preprocessor), ("model", context.estimator)])
