"""The one score of a fit that shows nothing from inside, on as many rows as are within its share.

What takes a moment to fit can take long to predict: k-NN looks through all its rows only then. So
some rows are asked first, and more of them as long as what that took lets all be within the share.
"""

from __future__ import annotations

import time
from typing import Any

from .thinning import ROWS_LEAST
from .watch import Watch

#: What a score may take however short the fit was: a person does not notice it.
UNNOTICED_S = 0.1
_GROWTH = 8  # so all that is asked before the last time is a seventh of it


def score_at_the_end(model: Any, watch: Watch) -> None:
    """Score a model whose fit showed nothing, and tell that it is done."""
    trained_s = watch.elapsed_s
    allowed_s = max(UNNOTICED_S, watch.max_overhead * trained_s)
    every = watch.held_out
    rows = every if every <= 2 * ROWS_LEAST else ROWS_LEAST
    spent_s = 0.0
    while watch.has_rows:
        took_s = _score(model, watch, rows)
        spent_s += took_s
        affordable = int(rows * max(0.0, allowed_s - spent_s) / max(took_s, 1e-9))
        more = min(every, _GROWTH * rows, affordable)
        if rows == every or more < min(every, 2 * rows):
            break
        rows = more
    if watch.has_rows and watch.is_thinned:
        watch.inform(
            f"The live score is measured on {rows:,} of the {every:,} held-out rows: to predict "
            "all of them would cost more than watching may (max_overhead)"
        )
    looked_s = watch.elapsed_s - trained_s
    watch.tell(1, 1, looked_s / max(watch.elapsed_s, 1e-9))


def _score(model: Any, watch: Watch, rows: int) -> float:
    """Score so many rows; answers what it took."""

    def look() -> None:
        watch.score_some(rows)
        watch.score_fitted(model)

    begun_s, cpu_s = time.perf_counter(), time.process_time()
    watch.guard(look)
    # What other programs take of the processor meanwhile is not what predicting costs.
    return min(time.perf_counter() - begun_s, time.process_time() - cpu_s)
