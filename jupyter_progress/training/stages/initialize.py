"""``initialize``: the libraries are imported, the estimator is made, its random state is fixed."""

from __future__ import annotations

import sys
import traceback
from typing import Any

from ...core.names import shorten
from ...core.requests import OwnScorer
from ...errors import UnsuitableEstimator
from ..context import Context
from ..early_stopping import check_can_end_early
from ..estimators import DEFAULT_ALLOWED, build_estimator, task_of
from ..fit_params import check_takes_weights
from ..handed_over import read_handed_over
from ..inner_threads import share_threads
from ..searching.kinds import check_makes_model
from ..suitability import check_suitable
from ..told_params import told_params
from ..uploads import Uploads

_WEIGHTS = frozenset(("sample_weight", "sample_weight_column"))


def run(context: Context) -> dict[str, Any]:
    """Make the estimator."""
    import sklearn

    context.estimator = _make(context)
    check_suitable(context.estimator)
    check_makes_model(context.estimator, context.request.register_as)
    task = task_of(context.estimator)
    if task is None:
        raise UnsuitableEstimator(
            "estimator",
            f"{type(context.estimator).__name__} is neither a classifier nor a regressor",
        )
    if context.request.early_stopping is not None:
        check_can_end_early(context.estimator)
    context.is_classifier = task == "classification"
    if not _WEIGHTS.isdisjoint(context.request.dataset):
        check_takes_weights(context.estimator)
    context.scorer = _scorer(context)
    drawn = context.settled.get("random_state")
    if drawn is None:
        context.random_state = fix_random_state(context.estimator)
        context.threads = _threads()
        context.with_room(
            lambda: context.settled.keep(random_state=context.random_state, threads=context.threads)
        )
    else:
        context.random_state = drawn
        if drawn:
            context.estimator.set_params(**drawn)
        context.threads = _as_before(context.settled.get("threads"))
    share_threads(context.estimator)
    return {
        "estimator": type(context.estimator).__name__,
        "params": told_params(context.estimator),
        "python": ".".join(str(part) for part in sys.version_info[:3]),
        "scikit-learn": sklearn.__version__,
    }


def _make(context: Context) -> Any:
    spec = context.request.estimator
    if "upload" not in spec:
        allowed = (context.facts.get("limits") or {}).get("allowed") or DEFAULT_ALLOWED
        return build_estimator(spec, allowed)
    with Uploads(context.data_dir).path(spec["upload"]).open("rb") as file:
        return read_handed_over(file)


def _scorer(context: Context) -> Any:
    """A scorer of the user's own; one that cannot be opened ends the live scores, not the run."""
    scoring = context.request.scoring
    if not isinstance(scoring, OwnScorer):
        return None
    path = Uploads(context.data_dir).path(scoring.upload)
    try:
        with path.open("rb") as file:
            return read_handed_over(file)
    except Exception as failure:
        # Whatever unpickling somebody's own code raises.
        traceback.print_exc()
        why = f"{type(failure).__name__}: {shorten(str(failure), 200)}"

        def cannot(*_: Any) -> float:
            raise RuntimeError(f"it could not be opened here: {why}")

        return cannot


def fix_random_state(estimator: Any) -> dict[str, int]:
    """Draw every random state that is unset, once, so that the run can be repeated.

    What fits the same way every time without one, as other libraries' boosters do, keeps it unset:
    it would else predict other values than by a plain ``fit``.

    Returns
    -------
    dict
        What was drawn, by parameter.
    """
    import secrets

    if not hasattr(estimator, "get_params"):
        return {}
    params = estimator.get_params(deep=True)
    drawn = {
        name: secrets.randbelow(2**31)
        for name, value in params.items()
        if value is None
        and name.rpartition("__")[2] == "random_state"
        and not _is_seeded(params.get(name.rpartition("__")[0], estimator))
    }
    if drawn:
        estimator.set_params(**drawn)
    return drawn


def _as_before(threads: dict[str, int]) -> dict[str, int]:
    """Use as many threads as the first attempt: another number would change last bits."""
    from threadpoolctl import threadpool_limits

    if threads != _threads():
        threadpool_limits(limits=threads)
    return _threads()


def _is_seeded(estimator: Any) -> bool:
    """Whether an unset random state is a fixed seed to its library."""
    return type(estimator).__module__.partition(".")[0] in ("lightgbm", "xgboost")


def _threads() -> dict[str, int]:
    """How many threads BLAS and OpenMP use here: last bits of some results depend on it."""
    # What a fit is going to load: it reads the number of threads when it is loaded.
    import sklearn.utils._openmp_helpers  # noqa: F401
    from threadpoolctl import threadpool_info

    found: dict[str, int] = {}
    for library in threadpool_info():
        kind = str(library["user_api"])
        found[kind] = max(found.get(kind, 0), int(library["num_threads"]))
    return found
