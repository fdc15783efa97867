"""The trainings that are recorded for ``benchmarks.eta``: kinds, each with its variations.

Kinds that are held out were not looked at while the estimator was made.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

Rows = Callable[[int], tuple[Any, Any, str]]


@dataclass(frozen=True)
class Kind:
    """What all kinds have: rows and estimator by variation, and how often each is recorded."""

    rows: Rows
    make: Callable[..., Any]
    steps: str = "uneven"
    times: int = 5
    held_out: bool = False


class Search(Kind):
    """A search over parameters; ``make(variation)`` gives it."""


class Growing(Kind):
    """``make(variation, X, y)`` gives the estimator, an iterator of its steps, and their number."""


class Whole(Kind):
    """A run of this project, all its stages; ``make(variation)`` gives the estimator."""


def made(rows: int, columns: int, classes: int = 2, regression: bool = False) -> Rows:
    """Made-up rows; each variation has other ones, and another number of them."""

    def load(variation: int) -> tuple[Any, Any, str]:
        from sklearn.datasets import make_classification, make_regression

        count = round(rows * (0.7 + 0.15 * variation))
        if regression:
            X, y = make_regression(count, columns, noise=10.0, random_state=variation)
        else:
            X, y = make_classification(
                count, columns, n_informative=columns // 2, n_classes=classes, flip_y=0.05,
                random_state=variation,
            )  # fmt: skip
        return X, y, f"made:{rows}x{columns}:{variation}"

    return load


def digits(_variation: int) -> tuple[Any, Any, str]:
    """The same rows in each variation."""
    from sklearn.datasets import load_digits

    X, y = load_digits(return_X_y=True)
    return X, y, "sklearn:digits"


def grid(estimator: Callable[[], Any], grids: list[dict[str, list[Any]]], **how: Any) -> Any:
    """Grid searches over the grids, one a variation; every third one at random."""

    def make(variation: int) -> Any:
        from sklearn.model_selection import GridSearchCV, ParameterGrid, RandomizedSearchCV

        space = grids[variation % len(grids)]
        if variation % 3 == 2:
            count = max(4, round(0.8 * len(ParameterGrid(space))))
            return RandomizedSearchCV(
                estimator(), space, n_iter=count, cv=3, random_state=variation, **how
            )
        return GridSearchCV(estimator(), space, cv=3, **how)

    return make


def halving(estimator: Callable[[], Any], grids: list[dict[str, list[Any]]]) -> Any:
    """Searches that halve, with rows or members as what is rationed."""

    def make(variation: int) -> Any:
        from sklearn.experimental import enable_halving_search_cv  # noqa: F401
        from sklearn.model_selection import HalvingGridSearchCV

        return HalvingGridSearchCV(
            estimator(),
            grids[variation % len(grids)],
            cv=3,
            factor=2 + variation % 2,
            random_state=0,
        )

    return make


def _forest(**how: Any) -> Callable[[], Any]:
    def make() -> Any:
        from sklearn.ensemble import RandomForestClassifier

        return RandomForestClassifier(random_state=0, **how)

    return make


def _extra(**how: Any) -> Callable[[], Any]:
    def make() -> Any:
        from sklearn.ensemble import ExtraTreesRegressor

        return ExtraTreesRegressor(random_state=0, **how)

    return make


def _boosted(**how: Any) -> Callable[[], Any]:
    def make() -> Any:
        from sklearn.ensemble import GradientBoostingClassifier

        return GradientBoostingClassifier(random_state=0, **how)

    return make


def _svc(**how: Any) -> Callable[[], Any]:
    def make() -> Any:
        from sklearn.svm import SVC

        return SVC(**how)

    return make


def _network(**how: Any) -> Callable[[], Any]:
    def make() -> Any:
        from sklearn.neural_network import MLPClassifier

        return MLPClassifier(random_state=0, **how)

    return make


def _logistic(**how: Any) -> Callable[[], Any]:
    def make() -> Any:
        from sklearn.linear_model import LogisticRegression

        return LogisticRegression(**how)

    return make


def _histograms(**how: Any) -> Callable[[], Any]:
    def make() -> Any:
        from sklearn.ensemble import HistGradientBoostingClassifier

        return HistGradientBoostingClassifier(random_state=0, **how)

    return make


def _scaled_svc() -> Any:
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler
    from sklearn.svm import SVC

    return make_pipeline(StandardScaler(), SVC())


def grown(estimator: Callable[[int], Any], members: list[int]) -> Any:
    """An ensemble that grows one member at a time."""

    def make(variation: int, X: Any, y: Any) -> Any:
        total = members[variation % len(members)]
        model = estimator(variation)
        model.set_params(warm_start=True, n_estimators=total)

        def steps() -> Iterator[int]:
            for count in range(1, total + 1):
                model.set_params(n_estimators=count)
                model.fit(X, y)
                yield count

        return model, steps(), total

    return make


def epochs(estimator: Callable[[int], Any], counts: list[int]) -> Any:
    """A model that passes over its rows by ``partial_fit``."""

    def make(variation: int, X: Any, y: Any) -> Any:
        total = counts[variation % len(counts)]
        model = estimator(variation)
        model.set_params(max_iter=total)
        classes = sorted(set(y))

        def steps() -> Iterator[int]:
            for count in range(1, total + 1):
                model.partial_fit(X, y, classes=classes)
                yield count

        return model, steps(), total

    return make


def _sgd(variation: int) -> Any:
    from sklearn.linear_model import SGDClassifier

    return SGDClassifier(alpha=10.0 ** (-3 - variation % 3), random_state=0)


def whole(estimators: list[Callable[[], Any]]) -> Any:
    """Each variation another estimator of the list."""
    return lambda variation: estimators[variation % len(estimators)]()


KINDS: dict[str, Kind] = {
    "search-sizes": Search(
        made(1500, 20),
        grid(_forest(), [
            {"n_estimators": [10, 20, 40, 80, 160, 320]},
            {"n_estimators": [25, 50, 100, 200, 400]},
            {"n_estimators": [10, 30, 60, 100, 150, 200, 300], "max_features": ["sqrt", 0.5]},
            {"n_estimators": [300, 100, 30, 10]},
            {"n_estimators": [20, 100, 300], "min_samples_leaf": [1, 5, 20]},
        ]),
    ),
    "search-depths": Search(
        made(2500, 16),
        grid(_boosted(n_estimators=40), [
            {"max_depth": [1, 2, 3, 4, 6, 8]},
            {"max_depth": [2, 4, 8, 12]},
            {"max_depth": [1, 2, 3, 5, 7, 9], "subsample": [0.5, 1.0]},
            {"max_depth": [1, 3, 5, 7]},
            {"max_depth": [2, 3, 5, 8], "learning_rate": [0.05, 0.2]},
        ]),
    ),
    "search-C": Search(
        made(4000, 20),
        grid(_svc(), [
            {"C": [0.01, 0.1, 1, 10, 100, 1000]},
            {"C": [0.1, 1, 10, 100], "gamma": [0.01, 0.1]},
            {"C": [0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100], "kernel": ["rbf", "poly"]},
            {"C": [0.1, 1, 10, 100, 1000]},
            {"C": [0.5, 5, 50], "gamma": [0.003, 0.03, 0.3]},
        ]),
    ),
    "search-C-linear": Search(
        made(9000, 60, classes=6),
        grid(_logistic(max_iter=3000), [
            {"C": [0.0001, 0.001, 0.01, 0.1, 1, 10, 100]},
            {"C": [0.001, 0.1, 10, 1000]},
            {"C": [0.0001, 0.001, 0.01, 0.1, 1, 10, 100, 1000], "tol": [1e-4, 1e-6]},
            {"C": [0.001, 0.01, 0.1, 1, 10]},
            {"C": [0.01, 0.1, 1, 10], "solver": ["lbfgs", "newton-cg"]},
        ]),
    ),
    "search-halving": Search(
        made(3000, 20),
        halving(_forest(n_estimators=60), [
            {"max_depth": [2, 4, 8, None], "min_samples_leaf": [1, 5]},
            {"max_depth": [2, 4, 6, 8, 12, None], "max_features": [0.3, 0.6, "sqrt"]},
            {"max_depth": [3, 6, None], "min_samples_leaf": [1, 3, 10]},
        ]),
    ),
    "search-two-jobs": Search(
        made(2000, 20),
        grid(_forest(), [
            {"n_estimators": [20, 40, 80, 160, 320]},
            {"n_estimators": [50, 100, 200], "max_depth": [3, 6, 12]},
            {"n_estimators": [30, 100, 300], "min_samples_leaf": [1, 10]},
        ], n_jobs=2),
    ),
    "growing-forest": Growing(
        made(2500, 20), grown(lambda _: _forest()(), [300, 400, 250, 200, 500]), steps="even",
    ),
    "growing-boosting": Growing(
        made(2500, 20),
        grown(lambda variation: _boosted(max_depth=3 + variation % 3)(), [120, 150, 100, 80, 90]),
        steps="even",
    ),
    "growing-network": Growing(
        made(8000, 30),
        epochs(lambda at: _network(hidden_layer_sizes=(64 * (1 + at % 3),))(), [60, 80, 50]),
        steps="even",
    ),
    "stages-growing": Whole(
        made(16000, 20),
        whole(
            [
                _forest(n_estimators=500), _boosted(n_estimators=200),
                _forest(n_estimators=800, max_depth=8), _boosted(n_estimators=300),
                _forest(n_estimators=300),
            ]
        ),
        times=6,
    ),
    "stages-one-call": Whole(
        made(28000, 30),
        whole([_svc(C=1.0), _svc(C=10.0), _svc(C=0.1), _svc(C=100.0), _svc(C=3.0, gamma=0.01)]),
        times=6,
    ),
    # Held out.
    "search-widths": Search(
        digits,
        grid(_network(max_iter=30), [
            {"hidden_layer_sizes": [(8,), (32,), (128,), (256,)]},
            {"hidden_layer_sizes": [(16,), (64,), (64, 64), (256,), (128, 128)]},
            {"hidden_layer_sizes": [(10,), (50,), (100,), (200,)], "alpha": [1e-4, 1e-2]},
            {"hidden_layer_sizes": [(300,), (100,), (30,), (10,)]},
            {"hidden_layer_sizes": [(20,), (80,), (240,)], "learning_rate_init": [0.001, 0.01]},
        ]),
        held_out=True,
    ),
    "search-leaves": Search(
        made(3000, 20),
        grid(_histograms(early_stopping=False), [
            {"max_iter": [20, 50, 100, 200], "max_leaf_nodes": [7, 31]},
            {"max_leaf_nodes": [3, 7, 15, 31, 63]},
            {"max_iter": [30, 60, 120, 240], "learning_rate": [0.05, 0.2]},
            {"max_iter": [200, 100, 50, 25]},
            {"max_iter": [50, 150], "max_leaf_nodes": [4, 16, 64]},
        ]),
        held_out=True,
    ),
    "search-features": Search(
        made(1500, 24, regression=True),
        grid(_extra(n_estimators=60), [
            {"max_features": [0.1, 0.2, 0.4, 0.8, 1.0]},
            {"max_features": [0.2, 0.5, 1.0], "max_depth": [4, 8, None]},
            {"max_features": [0.1, 0.3, 0.6, 1.0], "min_samples_leaf": [1, 4, 16]},
            {"max_depth": [2, 4, 8, 16, None]},
            {"max_features": [1.0, 0.5, 0.25], "min_samples_split": [2, 8, 32]},
        ]),
        held_out=True,
    ),
    "search-pipeline": Search(
        made(3500, 16),
        grid(_scaled_svc, [
            {"svc__C": [0.03, 0.3, 3, 30, 300]},
            {"svc__C": [0.1, 1, 10, 100], "svc__gamma": ["scale", 0.2]},
            {"svc__C": [0.1, 1, 10, 100, 1000], "svc__gamma": [0.01, 0.1]},
            {"svc__C": [1000, 100, 10, 1]},
            {"svc__C": [0.2, 2, 20, 200]},
        ]),
        held_out=True,
    ),
    "growing-descent": Growing(
        made(60000, 40), epochs(_sgd, [80, 120, 100]), steps="even", held_out=True,
    ),
    "growing-trees": Growing(
        made(1500, 20, regression=True),
        grown(lambda variation: _extra()(), [200, 300, 150, 250, 180]),
        steps="even", held_out=True,
    ),
}  # fmt: skip
