"""Which way an estimator is fitted: grown, watched from inside, or in one go."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any, TypeAlias

import numpy as np

from ..searching.kinds import can_be_watched
from .adaboost import fit_adaboost
from .bagging import fit_bagging
from .boosting import fit_boosting
from .first_members import (
    keep_bagged,
    keep_iterations,
    keep_lightgbm,
    keep_nothing,
    keep_rounds,
    keep_stages,
    keep_trees,
    keep_xgboost,
)
from .forests import fit_forest, observe_forest
from .gradient_descent import fit_descent, shows_descent
from .histograms import fit_histograms
from .lightgbm import fit_lightgbm
from .logistic import fit_logistic, shows_iterations
from .networks import fit_network, shows_epochs
from .observed_bagging import observe_bagging, shows_members
from .observing import observe_plainly
from .plain import fit_plainly
from .search import fit_search
from .watch import Fitted, Watch
from .xgboost import fit_xgboost

Way: TypeAlias = Callable[[Any, Any, np.ndarray, Watch], Fitted]

# By the exact class: a subclass may mean something else by fit.
_HISTOGRAMS = "sklearn.ensemble._hist_gradient_boosting.gradient_boosting."
_OBSERVED = ("_preprocess_X", "_raw_predict", "n_iter_")
_ROUNDS = ("_compute_proba_from_decision",)
_WEIGHTS = ("_fit_stochastic", "_forward_pass_fast")
_DESCENT = "sklearn.linear_model._stochastic_gradient."
_WAYS: dict[str, tuple[Way, tuple[str, ...]]] = {
    "sklearn.ensemble._forest.RandomForestClassifier": (fit_forest, ("_validate_X_predict",)),
    "sklearn.ensemble._forest.RandomForestRegressor": (fit_forest, ("_validate_X_predict",)),
    "sklearn.ensemble._forest.ExtraTreesClassifier": (fit_forest, ("_validate_X_predict",)),
    "sklearn.ensemble._forest.ExtraTreesRegressor": (fit_forest, ("_validate_X_predict",)),
    "sklearn.ensemble._bagging.BaggingClassifier": (fit_bagging, ("_set_oob_score",)),
    "sklearn.ensemble._bagging.BaggingRegressor": (fit_bagging, ("_set_oob_score",)),
    "sklearn.ensemble._gb.GradientBoostingClassifier": (fit_boosting, ("_raw_predict_init",)),
    "sklearn.ensemble._gb.GradientBoostingRegressor": (fit_boosting, ("_raw_predict_init",)),
    f"{_HISTOGRAMS}HistGradientBoostingClassifier": (fit_histograms, _OBSERVED),
    f"{_HISTOGRAMS}HistGradientBoostingRegressor": (fit_histograms, _OBSERVED),
    "sklearn.ensemble._weight_boosting.AdaBoostClassifier": (fit_adaboost, _ROUNDS),
    "sklearn.ensemble._weight_boosting.AdaBoostRegressor": (fit_adaboost, ("_get_median_predict",)),
    "sklearn.neural_network._multilayer_perceptron.MLPClassifier": (fit_network, _WEIGHTS),
    "sklearn.neural_network._multilayer_perceptron.MLPRegressor": (fit_network, _WEIGHTS),
    "sklearn.linear_model._logistic.LogisticRegression": (fit_logistic, ()),
    f"{_DESCENT}SGDClassifier": (fit_descent, ()),
    f"{_DESCENT}SGDRegressor": (fit_descent, ()),
    "sklearn.linear_model._perceptron.Perceptron": (fit_descent, ()),
    "sklearn.linear_model._passive_aggressive.PassiveAggressiveClassifier": (fit_descent, ()),
    "sklearn.linear_model._passive_aggressive.PassiveAggressiveRegressor": (fit_descent, ()),
    "lightgbm.sklearn.LGBMClassifier": (fit_lightgbm, ()),
    "lightgbm.sklearn.LGBMRegressor": (fit_lightgbm, ()),
    "xgboost.sklearn.XGBClassifier": (fit_xgboost, ("get_num_boosting_rounds",)),
    "xgboost.sklearn.XGBRegressor": (fit_xgboost, ("get_num_boosting_rounds",)),
}


# The ways that hand on `Watch.fit_params`; what is given to `fit` is not lost in any other.
_HANDS_ON: frozenset[Way] = frozenset(
    (
        fit_adaboost,
        fit_bagging,
        fit_boosting,
        fit_descent,
        fit_forest,
        fit_histograms,
        fit_lightgbm,
        fit_logistic,
        fit_network,
        fit_search,
        fit_xgboost,
    )
)


def choose_way(estimator: Any, fit_params: Collection[str] = (), *, targets: int = 1) -> Way:
    """The way to fit an estimator that shows the most and leaves what plain ``fit`` gives.

    Parameters
    ----------
    fit_params
        The names of what ``fit`` is given besides rows and targets.
    targets
        How many each row has. Of several only a search shows something: the others look at what a
        fit has built so far in the one form that it has for a single target.
    """
    if targets > 1 and not can_be_watched(inner_of(estimator)):
        return fit_plainly
    way = _choose(estimator)
    if not fit_params:
        return way
    return way if _choose(inner_of(estimator)) in _HANDS_ON else fit_plainly


def _choose(estimator: Any) -> Way:
    if _is_plain_pipeline(estimator):
        return _fit_pipeline
    if can_be_watched(estimator):
        return fit_search
    cls = type(estimator)
    way, needed = _WAYS.get(f"{cls.__module__}.{cls.__qualname__}", (fit_plainly, ()))
    # What is private to scikit-learn may be gone in another version.
    if not all(hasattr(cls, name) for name in needed) or _goes_on_from_a_fit(estimator):
        return fit_plainly
    return way


def choose_observation(estimator: Any) -> Way:
    """The way to follow a ``fit`` that somebody else has called: nothing is driven.

    Parameters
    ----------
    estimator
        No pipeline: its last step is followed, by a call of its own.
    """
    way = choose_way(estimator)
    if way is _fit_pipeline or not shows_steps(estimator):
        return observe_plainly
    way = _OBSERVED_INSTEAD.get(way, way)
    needs_members = way in (observe_forest, observe_bagging)
    if needs_members and not hasattr(estimator, "_make_estimator"):
        return observe_plainly
    if way is observe_bagging and not shows_members(estimator):
        return observe_plainly
    return way


def can_be_stopped(way: Way) -> bool:
    """Whether a fit that is followed in this way can be ended with what it has so far."""
    return way not in (observe_plainly, observe_bagging, fit_descent, fit_logistic)


# What is driven where the fit is ours is only looked at where it is not.
_OBSERVED_INSTEAD: dict[Way, Way] = {
    fit_forest: observe_forest,
    fit_bagging: observe_bagging,
    fit_plainly: observe_plainly,
}


def shows_steps(estimator: Any, fit_params: Collection[str] = (), *, targets: int = 1) -> bool:
    """Whether the fit shows more than its end."""
    last = inner_of(estimator)
    way = choose_way(last, fit_params, targets=targets)
    return way is not fit_plainly and _SHOWS.get(way, _always)(last)


def inner_of(estimator: Any) -> Any:
    """What is fitted step by step: the estimator or, of plain pipelines, the innermost step."""
    while _is_plain_pipeline(estimator):
        estimator = estimator.steps[-1][1]
    return estimator


def _always(_estimator: Any) -> bool:
    return True


# Of these families, only with some parameters.
_SHOWS: dict[Way, Callable[[Any], bool]] = {
    fit_network: shows_epochs,
    fit_logistic: shows_iterations,
    fit_descent: shows_descent,
}


# Those that end between two steps when they are asked to, and how each is cut back to its first.
_ENDS_EARLY: dict[Way, Callable[[Any, int], bool]] = {
    fit_forest: keep_trees,
    fit_bagging: keep_bagged,
    fit_boosting: keep_stages,
    fit_histograms: keep_iterations,
    fit_adaboost: keep_rounds,
    fit_network: keep_nothing,
    fit_lightgbm: keep_lightgbm,
    fit_xgboost: keep_xgboost,
}


def can_stop(estimator: Any, targets: int = 1) -> bool:
    """Whether a stop ends the fit with what it has, be that steps or candidates of a search."""
    return choose_way(inner_of(estimator)) is fit_search or can_end_early(estimator, targets)


def can_end_early(estimator: Any, targets: int = 1) -> bool:
    """Whether the fit can be ended with the best so far, rather than dropped."""
    last = inner_of(estimator)
    way = choose_way(last, targets=targets)
    return shows_steps(last, targets=targets) and way in _ENDS_EARLY


def keep_first(estimator: Any, steps: int) -> bool:
    """Cut a fitted model back to its first steps; False where that cannot be done."""
    last = inner_of(estimator)
    return _ENDS_EARLY.get(choose_way(last), keep_nothing)(last, steps)


def _goes_on_from_a_fit(estimator: Any) -> bool:
    """Whether plain ``fit`` would keep members that are there already."""
    is_fitted = any(hasattr(estimator, name) for name in ("estimators_", "_predictors", "coefs_"))
    return bool(getattr(estimator, "warm_start", False)) and is_fitted


def _is_plain_pipeline(estimator: Any) -> bool:
    """A pipeline whose ``fit`` is known to be its steps' one after another."""
    from sklearn import get_config
    from sklearn.pipeline import Pipeline

    if type(estimator) is not Pipeline or len(estimator.steps) < 2:
        return False
    is_simple = estimator.memory is None and getattr(estimator, "transform_input", None) is None
    if not is_simple or get_config().get("enable_metadata_routing"):
        return False
    last = estimator.steps[-1][1]
    return _choose(last) is not fit_plainly


def _fit_pipeline(estimator: Any, X: Any, y: np.ndarray, watch: Watch) -> Fitted:
    """Fit the first steps, then the last one in its own way, as ``Pipeline.fit`` does."""
    for _name, step in estimator.steps[:-1]:
        if step is None or step == "passthrough":
            continue
        watch.asked.check()
        if hasattr(step, "fit_transform"):
            X = step.fit_transform(X, y)
        else:
            X = step.fit(X, y).transform(X)
        if watch.has_rows:
            watch.X = step.transform(watch.X)
    name, last = estimator.steps[-1]
    # What a pipeline is given for a step carries the step's name.
    watch.fit_params = {
        key.removeprefix(f"{name}__"): value for key, value in watch.fit_params.items()
    }
    return _choose(last)(last, X, y, watch)
