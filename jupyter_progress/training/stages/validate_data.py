"""``validate_data``: refuses what makes a fit impossible, tells what a person wants to know."""

from __future__ import annotations

from typing import Any

from .. import findings
from ..context import Context
from ..early_stopping import check_can_end_early
from ..features import check_features, look_at
from ..preprocessing import make_plan
from ..sources.targets import count_targets
from ..suitability import check_takes_targets


def run(context: Context) -> dict[str, Any]:
    """Look through the data."""
    loaded = context.loaded
    assert loaded is not None
    targets = count_targets(loaded.table.y)
    check_takes_targets(context.estimator, targets)
    if context.request.early_stopping is not None:
        check_can_end_early(context.estimator, targets)
    findings.check(loaded.table, is_classifier=context.is_classifier)
    for part, table in (("validation", loaded.validation), ("test", loaded.test)):
        if table is not None:
            findings.check_targets(table, is_classifier=context.is_classifier, field=part)
    _check_features(context)
    found = findings.look(loaded.table, is_classifier=context.is_classifier)
    for finding in found:
        context.finding(finding.level, finding.text)
    if context.request.preprocess == "auto":
        context.plan = make_plan(context.estimator, loaded.table.X, loaded.table.y)
    return {"findings": len(found), "warnings": sum(f.level == "warning" for f in found)}


def _check_features(context: Context) -> None:
    """Refuse now what the estimator would refuse after its preparation."""
    loaded = context.loaded
    assert loaded is not None
    parts = {"dataset": loaded.table, "validation": loaded.validation, "test": loaded.test}
    for field, table in parts.items():
        if table is not None:
            check_features(
                look_at(table.X),
                context.estimator,
                context.request.preprocess,
                field,
                is_fitted_on=table is loaded.table,
            )
