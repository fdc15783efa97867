"""XGBoost and LightGBM, followed by callbacks of their own: the model is the one of a plain fit."""

from __future__ import annotations

import threading
from typing import Any

import lightgbm
import numpy as np
import pandas as pd
import pytest
import xgboost
from sklearn.base import clone, is_classifier
from sklearn.metrics import get_scorer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from jupyter_progress.core.requests import RunRequest, Split, check_run_request
from jupyter_progress.errors import InvalidParameter
from jupyter_progress.models.persistence import load_model
from jupyter_progress.store.layout import DataDirectory
from jupyter_progress.training.estimators import build_estimator
from jupyter_progress.training.fitting import choose_way, look_budget, looks
from jupyter_progress.training.fitting.lightgbm import fit_lightgbm
from jupyter_progress.training.fitting.plain import fit_plainly
from jupyter_progress.training.fitting.xgboost import fit_xgboost
from jupyter_progress.training.stages.initialize import fix_random_state

from .runs import state_of, train_here, upload
from .test_fitting import Asked, data, predictions, watched_fit

T = 24
QUIET = {"verbosity": -1}
ESTIMATORS = [
    xgboost.XGBClassifier(n_estimators=T, subsample=0.7, n_jobs=1, random_state=1),
    xgboost.XGBClassifier(n_estimators=T, n_jobs=2),
    xgboost.XGBClassifier(n_estimators=T, booster="dart", rate_drop=0.3, n_jobs=1),
    xgboost.XGBRegressor(n_estimators=T, n_jobs=1),
    xgboost.XGBRegressor(n_estimators=T, n_jobs=1, objective="count:poisson"),
    xgboost.XGBRegressor(n_estimators=T, booster="gblinear", n_jobs=1, feature_selector="cyclic",
                         updater="coord_descent"),
    lightgbm.LGBMClassifier(n_estimators=T, subsample=0.7, subsample_freq=1, n_jobs=1, **QUIET),
    lightgbm.LGBMClassifier(n_estimators=T, n_jobs=2, **QUIET),
    lightgbm.LGBMClassifier(n_estimators=T, boosting_type="dart", n_jobs=1, **QUIET),
    lightgbm.LGBMClassifier(num_iterations=T, n_jobs=1, **QUIET),
    lightgbm.LGBMRegressor(n_estimators=T, n_jobs=1, **QUIET),
    lightgbm.LGBMRegressor(n_estimators=T, n_jobs=1, objective="poisson", **QUIET),
    lightgbm.LGBMRegressor(n_estimators=T, n_jobs=1, boosting_type="rf", subsample=0.5,
                           subsample_freq=1, **QUIET),
    make_pipeline(StandardScaler(), xgboost.XGBClassifier(n_estimators=T, n_jobs=1)),
]  # fmt: skip
# LightGBM warns of a keyword that has an alias among its parameters.
pytestmark = pytest.mark.filterwarnings("ignore:Found .num_iterations. in params")


def named(estimator: Any) -> str:
    last = estimator.steps[-1][1] if hasattr(estimator, "steps") else estimator
    params = last.get_params()
    kind = params.get("boosting_type") or params.get("booster") or ""
    return f"{type(estimator).__name__}-{kind}-{params.get('objective')}-{params['n_jobs']}"


@pytest.mark.parametrize("estimator", ESTIMATORS, ids=named)
def test_watched_fit_leaves_what_plain_fit_leaves(estimator):
    X, y = data(is_classifier(estimator))
    cut = 3 * len(y) // 4
    plain = clone(estimator).fit(X[:cut], y[:cut])
    watched = clone(estimator)
    # These fits take milliseconds: looking at them is a large share of that.
    fitted, seen = watched_fit(watched, X, y, max_overhead=100.0)

    assert not fitted.stopped
    assert not seen.warnings
    assert repr(watched.get_params()) == repr(plain.get_params())
    assert np.array_equal(predictions(plain, X), predictions(watched, X))
    assert seen.reports[-1]["step"] == seen.reports[-1]["total_steps"] == T
    score = "live_accuracy" if is_classifier(estimator) else "live_score"
    assert seen.scores[-1][1][score] == pytest.approx(plain.score(X[cut:], y[cut:]), abs=1e-6)


@pytest.mark.parametrize(
    "estimator",
    [
        lightgbm.LGBMClassifier(n_estimators=T, n_jobs=1, **QUIET),
        lightgbm.LGBMClassifier(n_estimators=T, n_jobs=1, sigmoid=3.0, **QUIET),
        lightgbm.LGBMClassifier(n_estimators=T, n_jobs=1, boosting="dart", **QUIET),
        lightgbm.LGBMRegressor(n_estimators=T, n_jobs=1, **QUIET),
        lightgbm.LGBMRegressor(n_estimators=T, n_jobs=1, reg_sqrt=True, **QUIET),
        lightgbm.LGBMRegressor(n_estimators=T, n_jobs=1, app="poisson", **QUIET),
    ],
    ids=lambda one: "-".join(map(str, [type(one).__name__, *one._other_params])),
)
@pytest.mark.filterwarnings("ignore:Found .boosting. in params", "ignore:Found .app. in params")
def test_every_look_scores_the_rounds_so_far(estimator):
    X, y = data(is_classifier(estimator))
    y = np.abs(y)  # what a count can be
    if is_classifier(estimator):
        y = np.minimum(y, 1)
    scoring = "neg_log_loss" if is_classifier(estimator) else "r2"
    asked: list[tuple[int, int]] = []
    predict = lightgbm.Booster.predict

    def counting(booster: Any, *given: Any, **how: Any) -> Any:
        asked.append((how["start_iteration"], how["num_iteration"]))
        return predict(booster, *given, **how)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lightgbm.Booster, "predict", counting)
        patch.setattr(look_budget, "MIN_INTERVAL_S", 0.0)  # these fits take milliseconds
        patch.setattr(looks, "MEASURED_STEPS", 1)
        patch.setattr(looks, "MEASURED_S", 0.0)
        _, seen = watched_fit(clone(estimator), X, y, max_overhead=100.0, scoring=scoring)
    # From the second round on: the first one only begins to say how long a round takes.
    assert [step for step, _ in seen.scores] == list(range(2, T + 1))
    for step, scores in seen.scores:
        so_far = clone(estimator).set_params(n_estimators=step).fit(X[:300], y[:300])
        truth = get_scorer(scoring)(so_far, X[300:], y[300:])
        assert scores["live_score"] == pytest.approx(truth, abs=1e-6)
    # Each tree is asked once, where nothing that was given changes what is made of them.
    is_asked_once = [first for first, _ in asked] == [0, *range(2, T)]
    assert is_asked_once is (set(estimator._other_params) == {"verbosity"})


@pytest.mark.parametrize("scoring", ["roc_auc_ovr", "neg_log_loss"])
@pytest.mark.parametrize("estimator", [ESTIMATORS[0], ESTIMATORS[6]], ids=named)
def test_scorers_get_from_the_rounds_what_they_get_from_the_model(estimator, scoring):
    X, y = data(True)
    watched = clone(estimator)
    _, seen = watched_fit(watched, X, y, scoring=scoring, max_overhead=100.0)
    truth = get_scorer(scoring)(watched, X[300:], y[300:])
    assert seen.scores[-1][1]["live_score"] == pytest.approx(truth, abs=1e-6)


@pytest.mark.parametrize(
    "estimator",
    [
        xgboost.XGBClassifier(n_estimators=100_000, n_jobs=1, subsample=0.5),
        lightgbm.LGBMClassifier(n_estimators=100_000, n_jobs=1, **QUIET),
    ],
    ids=named,
)
def test_stopped_fit_is_the_plain_fit_of_fewer_rounds(estimator):
    X, y = data(True)
    asked = Asked()
    stopped = clone(estimator)
    threading.Timer(0.5, lambda: setattr(asked, "to_stop", True)).start()
    fitted, seen = watched_fit(stopped, X, y, asked=asked)

    assert fitted.stopped
    rounds = seen.reports[-1]["step"]
    assert 0 < rounds < 100_000
    assert stopped.n_estimators == rounds
    plain = clone(estimator).set_params(n_estimators=rounds).fit(X[:300], y[:300])
    assert np.array_equal(predictions(plain, X), predictions(stopped, X))


def test_callbacks_of_the_estimator_are_called_and_stay():
    class Counted(xgboost.callback.TrainingCallback):
        rounds = 0

        def after_iteration(self, model: Any, epoch: int, evals_log: Any) -> bool:
            Counted.rounds += 1
            return False

    own = [Counted()]
    X, y = data(True)
    estimator = xgboost.XGBClassifier(n_estimators=T, n_jobs=1, callbacks=own)
    watched_fit(estimator, X, y)
    assert Counted.rounds == T
    assert estimator.callbacks is own


@pytest.mark.parametrize(
    "estimator",
    [
        xgboost.XGBClassifier(n_estimators=T, enable_categorical=True, n_jobs=1),
        lightgbm.LGBMClassifier(n_estimators=T, n_jobs=1, **QUIET),
    ],
    ids=named,
)
def test_frame_with_categories_is_scored(estimator):
    X, y = data(True)
    frame = pd.DataFrame(X, columns=[f"x{i}" for i in range(X.shape[1])])
    frame["kind"] = pd.Categorical(np.where(X[:, 0] > 0, "a", "b"))
    watched = clone(estimator)
    plain = clone(estimator).fit(frame[:300], y[:300])
    _, seen = watched_fit(watched, frame, y)
    assert np.array_equal(predictions(plain, frame), predictions(watched, frame))
    assert seen.scores[-1][1]["live_accuracy"] == plain.score(frame[300:], y[300:])


def test_only_what_takes_callbacks_is_followed():
    assert choose_way(xgboost.XGBClassifier()) is fit_xgboost
    assert choose_way(lightgbm.LGBMRegressor()) is fit_lightgbm
    # A forest is one round, and XGBoost refuses callbacks in it.
    assert choose_way(xgboost.XGBRFClassifier()) is fit_plainly


def test_unset_random_state_of_a_booster_is_left_as_it_is():
    for estimator in (xgboost.XGBClassifier(), lightgbm.LGBMClassifier()):
        assert fix_random_state(estimator) == {}
        assert fix_random_state(make_pipeline(StandardScaler(), estimator)) == {}


@pytest.mark.slow
@pytest.mark.parametrize("estimator", [ESTIMATORS[0], ESTIMATORS[6], ESTIMATORS[10]], ids=named)
def test_run_saves_the_model_of_a_plain_fit(estimator: Any, data_dir: DataDirectory) -> None:
    X, y = data(is_classifier(estimator))
    request = check_run_request(
        RunRequest(
            dataset={"source": "upload", "id": upload(data_dir, {"X": X, "y": y})},
            estimator={"upload": upload(data_dir, clone(estimator))},
            split=Split(),
        )
    )
    run = train_here(data_dir, request)
    state = state_of(run)
    assert state.result is not None
    assert state.result["steps"] == {"done": T, "total": T}
    train = np.load(run.split_file)["train"]
    plain = clone(estimator).fit(X[train], y[train])
    model = load_model(run.model_dir, key=data_dir.key())
    assert np.array_equal(model.predict(X), plain.predict(X))


def test_booster_is_made_by_name() -> None:
    for name in ("xgboost.XGBClassifier", "lightgbm.LGBMRegressor"):
        made = build_estimator({"class": name, "params": {"n_estimators": 3}})
        assert made.n_estimators == 3
    with pytest.raises(InvalidParameter, match="did you mean 'n_estimators'"):
        build_estimator({"class": "lightgbm.LGBMClassifier", "params": {"n_estimator": 3}})
