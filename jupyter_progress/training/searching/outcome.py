"""What a run keeps of its search: the results on disk, and the best candidate in its own."""

from __future__ import annotations

from typing import Any

from ..context import Context
from ..cv_results import write_results
from .facts import finite, shown_params
from .metric import scorer_name


def keep_search(context: Context, search: Any) -> None:
    """Write ``cv_results_`` into the run's directory, and sum it up for the run's result."""
    results = search.cv_results_
    context.with_room(lambda: write_results(context.run.search_results, results))
    context.search = summary_of(search)
    if not search.refit:
        context.finding(
            "info",
            "refit=False: there is no model to evaluate and to save; run.cv_results_ has what the "
            "search has found",
        )


def summary_of(search: Any) -> dict[str, Any]:
    """What ``result["search"]`` tells."""
    results = search.cv_results_
    index = getattr(search, "best_index_", None)
    best: dict[str, Any] | None = None
    if index is not None:
        mean, std = _score_at(search, results, int(index))
        params = shown_params(results["params"][index])
        best = {"candidate": int(index), "params": params, "mean": mean, "std": std}
    return {
        "candidates": len(results["params"]),
        "folds": int(search.n_splits_),
        "scorer": scorer_name(search),
        "best": best,
        "refit": bool(search.refit),
        "refit_s": finite(getattr(search, "refit_time_", None)),
    }


def _score_at(
    search: Any, results: dict[str, Any], index: int
) -> tuple[float | None, float | None]:
    named = search.refit if isinstance(search.refit, str) else "score"
    if f"mean_test_{named}" not in results:
        named = next(key for key in results if key.startswith("mean_test_"))
        named = named.removeprefix("mean_test_")
    mean, std = results[f"mean_test_{named}"][index], results[f"std_test_{named}"][index]
    return finite(float(mean)), finite(float(std))
