"""``evaluate``: the fitted model is measured on the test rows."""

from __future__ import annotations

import traceback
from typing import Any

from ...core.names import shorten
from .. import evaluation
from ..context import Context
from ..sources.table import Table


def run(context: Context) -> dict[str, Any]:
    """Measure the model."""
    test = context.parts.test if context.parts else None
    context.evaluation = evaluation.evaluate(
        context.model, test, is_classifier=context.is_classifier
    )
    if test is not None and context.scorer_name is not None:
        _score(context, test)
    if test is not None:
        context.processed += test.rows
        context.report(stage="evaluate", predictions_processed=context.processed)
    return dict(context.evaluation["scores"])


def _score(context: Context, test: Table) -> None:
    """Measure the test rows by what the live score was asked by, under its own name."""
    name, scores = str(context.scorer_name), context.evaluation["scores"]
    if name in scores:
        return
    try:
        scorer = context.scorer
        if scorer is None:
            from sklearn.metrics import get_scorer

            scorer = get_scorer(name)
        scores[name] = evaluation.score_by(scorer, context.model, test.X, test.y)
    except Exception as failure:
        # A scorer of somebody's own, or one that these few rows are nothing for.
        traceback.print_exc()
        scores[name] = None
        words = f"{type(failure).__name__}: {shorten(str(failure), 200)}"
        context.finding("warning", f"The test rows cannot be measured by {name}: {words}")
