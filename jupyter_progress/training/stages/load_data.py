"""``load_data``: the rows and targets are read."""

from __future__ import annotations

from typing import Any

from ..capacity import check_rows
from ..context import Context
from ..sources import load
from ..uploads import Uploads


def run(context: Context) -> dict[str, Any]:
    """Read the data."""
    context.loaded = load(context.request.dataset, Uploads(context.data_dir), context.root)
    table = context.loaded.table
    check_rows(table.rows, (context.facts.get("limits") or {}).get("max_rows"))
    context.cells = table.rows * table.columns
    return {"rows": table.rows, "columns": table.columns}
