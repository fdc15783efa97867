"""``preprocess``: only the columns that the estimator itself cannot take are made into numbers."""

from __future__ import annotations

from typing import Any

from ..context import Context
from ..preprocessing import build


def run(context: Context) -> dict[str, Any]:
    """Fit the preprocessing on the training rows, where any is needed."""
    assert context.parts is not None
    train, validation = context.parts.train, context.parts.validation
    context.prepared_train = train.X
    context.prepared_validation = validation.X if validation else None
    plan = context.plan
    if plan is not None and not plan.is_empty:
        names = list(getattr(train.X, "columns", range(train.columns)))
        context.preprocessed = plan.describe(names)
        context.preprocessor = build(plan, train.X)
        context.prepared_train = context.preprocessor.fit_transform(train.X)
        if validation is not None:
            context.prepared_validation = context.preprocessor.transform(validation.X)
        for step in context.preprocessed:
            shown = ", ".join(step["columns"][:5])
            more = f" and {len(step['columns']) - 5} more" if len(step["columns"]) > 5 else ""
            context.finding("info", f"{shown}{more}: {step['how']}")
    return {"columns": int(context.prepared_train.shape[1])}
