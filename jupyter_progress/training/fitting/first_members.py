"""The first members of a fitted ensemble: what a plain fit of so many would have given."""

from __future__ import annotations

from typing import Any


def keep_trees(forest: Any, members: int) -> bool:
    """Keep the first trees of a forest; False where its out-of-bag score would be another one."""
    if forest.oob_score:
        return False
    forest.estimators_ = forest.estimators_[:members]
    forest.set_params(n_estimators=members)
    return True


def keep_bagged(ensemble: Any, members: int) -> bool:
    """Keep the first members of a bagging ensemble; False as for forests."""
    if ensemble.oob_score:
        return False
    for name in ("estimators_", "estimators_features_", "_seeds"):
        setattr(ensemble, name, getattr(ensemble, name)[:members])
    ensemble.set_params(n_estimators=members)
    return True


def keep_stages(booster: Any, members: int) -> bool:
    """Keep the first stages of gradient boosting."""
    for name in ("estimators_", "train_score_", "oob_improvement_", "oob_scores_"):
        if hasattr(booster, name):
            setattr(booster, name, getattr(booster, name)[:members])
    if hasattr(booster, "oob_scores_"):
        booster.oob_score_ = booster.oob_scores_[-1]
    booster.n_estimators_ = members
    return True


def keep_iterations(booster: Any, members: int) -> bool:
    """Keep the first iterations of histogram boosting."""
    booster._predictors = booster._predictors[:members]
    for name in ("train_score_", "validation_score_"):
        # With the score before the first iteration.
        setattr(booster, name, getattr(booster, name)[: members + 1])
    return True


def keep_rounds(ensemble: Any, members: int) -> bool:
    """Keep the first rounds of AdaBoost."""
    for name in ("estimators_", "estimator_weights_", "estimator_errors_"):
        setattr(ensemble, name, getattr(ensemble, name)[:members])
    return True


def keep_xgboost(estimator: Any, rounds: int) -> bool:
    """Keep the first rounds of XGBoost; False where later ones have changed them, or count alone.

    DART weighs earlier trees anew, a linear booster has none, and a best round of XGBoost's own
    early stopping may be behind what is kept.
    """
    has_own_rule = getattr(estimator, "early_stopping_rounds", None) is not None
    if estimator.booster not in (None, "gbtree") or has_own_rule:
        return False
    estimator._Booster = estimator.get_booster()[:rounds]
    estimator.set_params(n_estimators=rounds)
    return True


def keep_lightgbm(estimator: Any, rounds: int) -> bool:
    """Have LightGBM predict by its first rounds, as after its own early stopping."""
    if estimator.boosting_type not in ("gbdt", "goss"):
        return False
    estimator.booster_.best_iteration = rounds
    estimator._best_iteration = rounds
    return True


def keep_nothing(_estimator: Any, _members: int) -> bool:
    """A model that is changed in place has no earlier state to go back to."""
    return False
