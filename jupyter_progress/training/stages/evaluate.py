"""``evaluate``: the fitted model is measured on the test rows."""

from __future__ import annotations

from typing import Any

from .. import evaluation
from ..context import Context


def run(context: Context) -> dict[str, Any]:
    """Measure the model."""
    test = context.parts.test if context.parts else None
    context.evaluation = evaluation.evaluate(
        context.model, test, is_classifier=context.is_classifier
    )
    if test is not None:
        context.processed += test.rows
        context.report(stage="evaluate", predictions_processed=context.processed)
    return dict(context.evaluation["scores"])
