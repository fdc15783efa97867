"""The families that ``benchmarks.overhead`` measures: all that show live scores."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

SEEDED = {"random_state": 0}
BOTH = (1, 2)
#: Where there is no parameter for jobs, and nothing that threads of BLAS or OpenMP would share;
#: of SGD and its like: at two jobs their epochs cannot be followed, so there is nothing to measure.
ONE = (1,)


@dataclass(frozen=True)
class Family:
    """One estimator, and the parameter by which its fit is made to take long enough.

    Parameters
    ----------
    make
        Given the size and a number of jobs.
    start
        A size to begin with.
    jobs
        The numbers of jobs, or of threads, that are measured.
    is_widened
        Whether the size is that of the rows, in columns.
    """

    name: str
    make: Callable[[int, int], Any]
    start: int
    jobs: tuple[int, ...] = BOTH
    is_widened: bool = False


def families() -> Iterator[Family]:
    """All that show live scores: classifiers, regressors, a search."""
    yield from _ensembles()
    yield from _boosting()
    yield from _networks_and_linear()
    yield from _other_boosters()
    yield Family("GridSearchCV", _search, 5)


def _ensembles() -> Iterator[Family]:
    from sklearn import ensemble

    forests = (
        ensemble.RandomForestClassifier,
        ensemble.ExtraTreesClassifier,
        ensemble.RandomForestRegressor,
        ensemble.ExtraTreesRegressor,
    )
    for kind in (*forests, ensemble.BaggingClassifier, ensemble.BaggingRegressor):
        yield Family(kind.__name__, partial(_with_jobs, kind), 10)


def _with_jobs(kind: Any, n: int, jobs: int) -> Any:
    return kind(n_estimators=n, n_jobs=jobs, **SEEDED)


def _boosting() -> Iterator[Family]:
    from sklearn import ensemble

    for kind in (
        ensemble.GradientBoostingClassifier,
        ensemble.AdaBoostClassifier,
        ensemble.GradientBoostingRegressor,
        ensemble.AdaBoostRegressor,
    ):
        yield Family(
            kind.__name__, lambda n, _jobs, kind=kind: kind(n_estimators=n, **SEEDED), 10, ONE
        )
    for kind in (ensemble.HistGradientBoostingClassifier, ensemble.HistGradientBoostingRegressor):
        yield Family(
            kind.__name__,
            lambda n, _jobs, kind=kind: kind(max_iter=n, early_stopping=False, **SEEDED),
            100,
        )


def _networks_and_linear() -> Iterator[Family]:
    from sklearn import linear_model, neural_network

    for kind in (neural_network.MLPClassifier, neural_network.MLPRegressor):
        yield Family(
            kind.__name__,
            lambda n, _jobs, kind=kind: kind(
                max_iter=n, n_iter_no_change=10_000, tol=0.0, **SEEDED
            ),
            5,
        )
    # On the rows as they are it converges at once, whatever it is allowed.
    yield Family("LogisticRegression", _logistic, 200, is_widened=True)
    for kind in (
        linear_model.SGDClassifier,
        linear_model.Perceptron,
        linear_model.PassiveAggressiveClassifier,
        linear_model.SGDRegressor,
        linear_model.PassiveAggressiveRegressor,
    ):
        yield Family(
            kind.__name__,
            lambda n, _jobs, kind=kind: kind(max_iter=n, tol=None, **SEEDED),
            50, ONE,
        )  # fmt: skip


def _logistic(_n: int, _jobs: int) -> Any:
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression(C=100.0, tol=1e-12, max_iter=60)


def _other_boosters() -> Iterator[Family]:
    with contextlib.suppress(ImportError):
        import xgboost

        for kind in (xgboost.XGBClassifier, xgboost.XGBRegressor):
            yield Family(
                kind.__name__,
                lambda n, jobs, kind=kind: kind(n_estimators=n, n_jobs=jobs), 50,
            )  # fmt: skip
    with contextlib.suppress(ImportError):
        import lightgbm

        for kind in (lightgbm.LGBMClassifier, lightgbm.LGBMRegressor):
            yield Family(
                kind.__name__,
                lambda n, jobs, kind=kind: kind(n_estimators=n, n_jobs=jobs, verbosity=-1), 50,
            )  # fmt: skip


def _search(n: int, jobs: int) -> Any:
    from sklearn.model_selection import GridSearchCV
    from sklearn.tree import DecisionTreeClassifier

    # The size is that of the grid: as many candidates, three folds each.
    grid = {"min_samples_leaf": list(range(1, n + 1))}
    # Shallow, or five candidates would take as long as the fit is to take.
    return GridSearchCV(DecisionTreeClassifier(max_depth=5, **SEEDED), grid, cv=3, n_jobs=jobs)
