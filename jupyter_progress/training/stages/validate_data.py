"""``validate_data``: refuses what makes a fit impossible, tells what a person wants to know."""

from __future__ import annotations

from typing import Any

from .. import findings
from ..context import Context


def run(context: Context) -> dict[str, Any]:
    """Look through the data."""
    loaded = context.loaded
    assert loaded is not None
    findings.check(loaded.table, is_classifier=context.is_classifier)
    for part, table in (("validation", loaded.validation), ("test", loaded.test)):
        if table is not None:
            findings.check_targets(table, is_classifier=context.is_classifier, field=part)
    found = findings.look(loaded.table, is_classifier=context.is_classifier)
    for finding in found:
        context.finding(finding.level, finding.text)
    return {"findings": len(found), "warnings": sum(f.level == "warning" for f in found)}
