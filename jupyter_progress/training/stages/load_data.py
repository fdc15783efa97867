"""``load_data``: the rows and targets are read."""

from __future__ import annotations

from typing import Any

from ..capacity import check_rows
from ..context import Context
from ..settled import file_facts
from ..sources import load
from ..uploads import Uploads


def run(context: Context) -> dict[str, Any]:
    """Read the data."""
    file = file_facts(context.request, context.root)
    context.loaded = load(context.request.dataset, Uploads(context.data_dir), context.root)
    table = context.loaded.table
    check_rows(table.rows, (context.facts.get("limits") or {}).get("max_rows"))
    context.shape = (table.rows, table.columns)
    _settle(context, file)
    return {"rows": table.rows, "columns": table.columns}


def _settle(context: Context, file: dict[str, Any] | None) -> None:
    """Notice a file that has changed since an earlier attempt: what that left is of other rows."""
    table = context.loaded.table if context.loaded else None
    assert table is not None
    found = {"file": file, "shape": [table.rows, table.columns]}
    before = context.settled.get("data")
    if before is not None and before != found:
        context.data_changed = True
        context.finding(
            "warning",
            "The data file has changed since the run began: its rows are divided, and the "
            "estimator is fitted, anew",
        )
    context.with_room(lambda: context.settled.keep(data=found))
