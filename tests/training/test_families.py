"""What the table of families says of a fit is what the fit does, and what the documents say."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from joblib import Memory
from sklearn.base import clone
from sklearn.datasets import make_classification
from sklearn.ensemble import (
    AdaBoostClassifier,
    BaggingClassifier,
    GradientBoostingClassifier,
    HistGradientBoostingClassifier,
    RandomForestClassifier,
)
from sklearn.linear_model import LogisticRegression, SGDClassifier
from sklearn.naive_bayes import GaussianNB
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from jupyter_progress.core.state import RunState
from jupyter_progress.errors import CannotStop
from jupyter_progress.training.controls import ask_to_stop
from jupyter_progress.training.fit_params import weight_name
from jupyter_progress.training.fitting import Watch, choose
from jupyter_progress.training.fitting.choose import (
    can_end_early,
    can_stop,
    choose_way,
    inner_of,
    keep_first,
    shows_steps,
)
from jupyter_progress.training.fitting.families import FAMILIES, REFUSED, family_of
from jupyter_progress.training.fitting.plain import fit_plainly
from jupyter_progress.training.fitting.search import fit_search
from jupyter_progress.training.stages.train import _named

from .runs import WRITER, digits, submit

DOCUMENT = Path(__file__).parents[2] / "docs" / "resuming.md"
MANY = 100_000  # more than any of them does in a minute
ESTIMATORS = [
    RandomForestClassifier(MANY),
    BaggingClassifier(n_estimators=MANY),
    GradientBoostingClassifier(n_estimators=MANY),
    HistGradientBoostingClassifier(max_iter=MANY),
    AdaBoostClassifier(n_estimators=MANY, learning_rate=1e-9),
    MLPClassifier(max_iter=MANY, n_iter_no_change=MANY),
    make_pipeline(StandardScaler(), RandomForestClassifier(MANY)),
    make_pipeline(StandardScaler(), make_pipeline(StandardScaler(), RandomForestClassifier(MANY))),
    LogisticRegression(),
    SGDClassifier(max_iter=20, tol=None),
    SVC(),
    make_pipeline(StandardScaler(), SVC()),
    make_pipeline(StandardScaler(), make_pipeline(StandardScaler(), SVC())),
    make_pipeline(StandardScaler(), RandomForestClassifier(20), memory=Memory(None)),
]


class ToStop:
    """A run that is asked to stop from its beginning on."""

    to_stop = True

    def check(self) -> None:
        """Nobody drops it."""


class GoesOn(ToStop):
    """A run that nobody asks anything of."""

    to_stop = False


def test_documents_have_the_table() -> None:
    rows = re.findall(r"^\| (.*) \|$", DOCUMENT.read_text("utf-8"), re.MULTILINE)[1:]
    told = [tuple(cell.strip() for cell in row.split(" | ")) for row in rows]
    assert told == [
        (family.name, family.checkpoint, family.stop, family.interruption, family.resuming)
        for family in FAMILIES.values()
    ]


def test_every_way_to_fit_has_its_family() -> None:
    ways = {way for way, _needed in choose._WAYS.values()} | {fit_plainly, fit_search}
    assert ways == set(FAMILIES)


@pytest.mark.parametrize("estimator", ESTIMATORS, ids=lambda each: type(each).__name__)
def test_fit_that_is_asked_to_stop_ends_early_where_the_table_says_so(estimator: Any) -> None:
    X, y = make_classification(400, 8, random_state=0)
    watch = Watch(
        X=X[:100], y=y[:100], is_classifier=True, scoring=None, max_overhead=0.03, asked=ToStop(),
        report=lambda **_: None, log_metrics=lambda *_: None,
    )  # fmt: skip
    fitted = choose_way(estimator)(estimator, X, y, watch)
    assert fitted.stopped is can_end_early(estimator)
    assert fitted.stopped is (family_of(estimator).stop != REFUSED)
    assert estimator.predict(X).shape == (400,)


def test_pipeline_in_a_pipeline_is_what_its_innermost_step_is() -> None:
    forest = RandomForestClassifier(20, random_state=0)
    nested = make_pipeline(StandardScaler(), make_pipeline(StandardScaler(), forest))
    assert inner_of(nested) is forest
    assert family_of(nested) is family_of(forest)
    assert shows_steps(nested)
    assert can_stop(nested)
    weighted = weight_name(nested)
    assert weighted == "pipeline__randomforestclassifier__sample_weight"
    assert choose_way(nested, [weighted]) is choose_way(nested)
    X, y = make_classification(400, 8, random_state=0)
    fitted = clone(nested).fit(X, y)
    assert keep_first(fitted, 5)
    assert len(fitted[-1][-1].estimators_) == 5
    plain = make_pipeline(StandardScaler(), make_pipeline(StandardScaler(), SVC()))
    assert _named(plain) == "Pipeline of SVC"
    assert not can_stop(plain)


@pytest.mark.parametrize(
    "estimator",
    [SGDClassifier(max_iter=5, tol=None), MLPClassifier(max_iter=5), GaussianNB()],
    ids=lambda each: type(each).__name__,
)
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_partial_fit_is_never_called(estimator: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[str] = []
    cls = type(estimator)
    assert hasattr(cls, "partial_fit")
    monkeypatch.setattr(cls, "partial_fit", lambda *_, **__: calls.append(cls.__name__))
    X, y = make_classification(400, 8, random_state=0)
    watch = Watch(
        X=X[:100], y=y[:100], is_classifier=True, scoring=None, max_overhead=0.03, asked=GoesOn(),
        report=lambda **_: None, log_metrics=lambda *_: None,
    )  # fmt: skip
    choose_way(estimator)(estimator, X, y, watch)
    assert calls == []
    assert estimator.predict(X).shape == (400,)


def test_family_goes_by_the_parameters_too() -> None:
    assert family_of(MLPClassifier(solver="lbfgs")).stop == REFUSED
    goes_on = {
        GradientBoostingClassifier(): True,
        GradientBoostingClassifier(n_iter_no_change=5): False,
        HistGradientBoostingClassifier(): True,
        HistGradientBoostingClassifier(max_features=0.5): False,
        HistGradientBoostingClassifier(early_stopping=True, scoring="accuracy"): False,
        AdaBoostClassifier(): False,
        SVC(): False,
    }
    for estimator, expected in goes_on.items():
        assert family_of(estimator).goes_on(estimator) is expected, estimator


def test_stop_of_a_fit_that_is_one_call_offers_to_wait_or_to_cancel(data_dir) -> None:
    run = submit(data_dir, digits("sklearn.svm.SVC", {}))
    state = RunState(
        run_id=run.run_id, status="running", current_stage="train", can_stop=False, step=1
    )
    with pytest.raises(CannotStop, match=r"wait for its end, .*, or cancel the run") as refusal:
        ask_to_stop(run, state, action="stop", who="ada", writer=WRITER)
    assert (refusal.value.status, refusal.value.reason) == (409, "cannot_stop")
