"""What can be asked of a fit, family by family: to stop, to keep a checkpoint, to go on from it.

``docs/resuming.md`` has this table; a test holds the two together, and another each family to what
it says here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from . import boosting, histograms
from .adaboost import fit_adaboost
from .bagging import fit_bagging
from .boosting import fit_boosting
from .choose import Way, choose_way, inner_of, shows_steps
from .forests import fit_forest
from .gradient_descent import fit_descent
from .histograms import fit_histograms
from .lightgbm import fit_lightgbm
from .logistic import fit_logistic
from .networks import fit_network
from .plain import fit_plainly
from .search import fit_search
from .xgboost import fit_xgboost


@dataclass(frozen=True)
class Family:
    """One family of estimators, in the words of the table.

    Parameters
    ----------
    name
        The estimators.
    checkpoint
        What a checkpoint holds.
    stop
        What a stop returns.
    interruption
        Where the fit can be interrupted.
    resuming
        Whether a resumed fit goes on or starts again.
    goes_on
        Whether the fit of this estimator, with its parameters, goes on from a checkpoint.
    """

    name: str
    checkpoint: str
    stop: str
    interruption: str
    resuming: str
    goes_on: Callable[[Any], bool] = lambda _estimator: False


def _always(_estimator: Any) -> bool:
    return True


NONE = "nothing"
REFUSED = "stop is refused: wait, or cancel"
AGAIN = "starts again"
GOES_ON = "goes on"

_PLAIN: Final = Family(
    "all others, such as SVC, k-NN, trees and linear models",
    NONE,
    REFUSED,
    "not at all",
    AGAIN,
)
FAMILIES: Final[dict[Way, Family]] = {
    fit_forest: Family(
        "RandomForest, ExtraTrees",
        "the trees so far",
        "the forest of the trees so far",
        "between two increments",
        GOES_ON,
        goes_on=_always,
    ),
    fit_bagging: Family(
        "Bagging",
        "the members so far, their columns and seeds",
        "the ensemble of the members so far",
        "between two increments",
        GOES_ON,
        goes_on=_always,
    ),
    fit_boosting: Family(
        "GradientBoosting",
        "the stages so far, their losses, the random state",
        "the model of the stages so far",
        "between two stages",
        "goes on; with `n_iter_no_change` it starts again",
        goes_on=boosting.goes_on,
    ),
    fit_histograms: Family(
        "HistGradientBoosting",
        "the iterations so far and their scores",
        "the model of the whole iterations so far",
        "between two lines of Python, within an iteration",
        "goes on; with `max_features` below 1, or early stopping by a scorer, it starts again",
        goes_on=histograms.goes_on,
    ),
    fit_adaboost: Family(
        "AdaBoost",
        NONE,
        "the model of the rounds so far",
        "between two lines of Python, within a round",
        AGAIN,
    ),
    fit_network: Family(
        "MLP with `adam` or `sgd`",
        NONE,
        "the weights of that moment; with early stopping the best so far",
        "between two lines of Python, within an epoch",
        AGAIN,
    ),
    fit_xgboost: Family(
        "XGBoost",
        NONE,
        "the model of the rounds so far",
        "between two rounds",
        AGAIN,
    ),
    fit_lightgbm: Family(
        "LightGBM",
        NONE,
        "the model of the rounds so far",
        "between two rounds",
        AGAIN,
    ),
    fit_search: Family(
        "GridSearchCV, RandomizedSearchCV, the halving searches",
        "each fold that is finished, as it ends",
        "the best candidate of those that have all their folds, refitted",
        "within a fold, between two lines of Python",
        "goes on: no finished fold is fitted again ([more](#searches))",
        goes_on=_always,
    ),
    fit_logistic: Family(
        "LogisticRegression",
        NONE,
        REFUSED,
        "by cancel, between two iterations of `lbfgs`",
        AGAIN,
    ),
    fit_descent: Family(
        "SGD, Perceptron, PassiveAggressive",
        NONE,
        REFUSED,
        "by cancel, between two epochs",
        AGAIN,
    ),
    fit_plainly: _PLAIN,
}


def family_of(estimator: Any) -> Family:
    """The family that an estimator is fitted as; of a pipeline, that of its last step."""
    inner = inner_of(estimator)
    return FAMILIES.get(choose_way(inner), _PLAIN) if shows_steps(inner) else _PLAIN
