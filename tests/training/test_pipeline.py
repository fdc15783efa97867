"""The eight stages on many kinds of data, in the test's own process."""

from __future__ import annotations

import os

import numpy as np
import pandas as pd
import pytest
from sklearn.compose import make_column_transformer
from sklearn.datasets import load_diabetes, load_digits
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression, Ridge, RidgeClassifier
from sklearn.metrics import accuracy_score
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

from jupyter_progress.core.requests import RunRequest, Split
from jupyter_progress.errors import (
    FileNotReadable,
    PathNotAllowed,
    UnknownColumn,
    UnsuitableData,
)
from jupyter_progress.models.persistence import load_model
from jupyter_progress.training.data_checks import DataReader
from jupyter_progress.training.uploads import Uploads

from .runs import digits, feed_of, lines_of, state_of, train_here, upload


def titanic(rows: int = 300) -> tuple[pd.DataFrame, np.ndarray]:
    """A frame with numbers, gaps, texts, truths, dates and categories; and a target in words."""
    rng = np.random.default_rng(7)
    frame = pd.DataFrame(
        {
            "age": rng.normal(40, 12, rows),
            "class": rng.integers(1, 4, rows),
            "port": rng.choice(["S", "C", "Q"], rows),
            "alone": rng.random(rows) > 0.5,
            "boarded": pd.date_range("1912-04-01", periods=rows, freq="h"),
            "deck": pd.Categorical(rng.choice(list("ABC"), rows)),
        }
    )
    y = np.where(frame["age"] + 9 * (frame["port"] == "S") > 42, "lost", "saved")
    frame.loc[::6, "age"] = np.nan
    frame.loc[::11, "port"] = None
    return frame, y


def own_data(data_dir, X, y, estimator, **more) -> RunRequest:
    """A request on data and an estimator that were handed over."""
    return RunRequest(
        dataset={"source": "upload", "id": upload(data_dir, {"X": X, "y": y})},
        estimator={"upload": upload(data_dir, estimator)},
        **more,
    )


def test_numbers_are_repeated_by_six_lines_of_plain_scikit_learn(data_dir):
    params = {"n_estimators": 30, "random_state": 5}
    result = state_of(train_here(data_dir, digits(params=params))).result

    X, y = load_digits(return_X_y=True)
    X_rest, X_test, y_rest, y_test = train_test_split(
        X, y, test_size=0.2, random_state=0, stratify=y
    )
    X_train, X_val, y_train, y_val = train_test_split(
        X_rest, y_rest, test_size=0.2 / (1 - 0.2), random_state=0, stratify=y_rest
    )
    model = RandomForestClassifier(**params).fit(X_train, y_train)
    assert result["test"]["accuracy"] == accuracy_score(y_test, model.predict(X_test))
    assert result["validation"]["live_accuracy"] == model.score(X_val, y_val)


def test_split_is_kept_with_the_run(data_dir):
    split = Split(test=0.3, validation=0.1, random_state=9, stratify=False, shuffle=True)
    run = train_here(data_dir, digits(params={"n_estimators": 3}, split=split))
    with np.load(run.split_file) as kept:
        rest, test = train_test_split(np.arange(1797), test_size=0.3, random_state=9)
        train, validation = train_test_split(rest, test_size=0.1 / (1 - 0.3), random_state=9)
        assert np.array_equal(kept["test"], test)
        assert np.array_equal(kept["validation"], validation)
        assert np.array_equal(kept["train"], train)


@pytest.mark.parametrize(
    ("estimator", "treated"),
    [
        (LogisticRegression(max_iter=5000), {"age", "port", "boarded", "deck"}),
        (RandomForestClassifier(10, random_state=0), {"port", "boarded", "deck"}),
        (HistGradientBoostingClassifier(max_iter=5, random_state=0), {"port", "boarded"}),
        (
            make_pipeline(
                make_column_transformer(
                    (OneHotEncoder(), ["port", "deck"]), (SimpleImputer(), ["age", "class"])
                ),
                RandomForestClassifier(10, random_state=0),
            ),
            set(),
        ),
    ],
    ids=["linear", "forest", "histogram", "own-pipeline"],
)
@pytest.mark.filterwarnings("ignore:lbfgs failed to converge")
def test_auto_preprocesses_only_what_the_estimator_cannot_take(data_dir, estimator, treated):
    X, y = titanic()
    run = train_here(data_dir, own_data(data_dir, X, y, estimator))
    state = state_of(run)
    assert {c for step in state.result["preprocess"] for c in step["columns"]} == treated
    assert state.result["classes"] == ["lost", "saved"]
    model = load_model(run.model_dir, key=data_dir.key())
    raw = X.head(5).copy()
    raw.loc[0, "port"] = "never seen" if treated else "S"
    assert set(model.predict(raw)) <= {"lost", "saved"}


def test_preprocess_none_is_refused_where_the_estimator_takes_numbers_only(data_dir):
    X, y = titanic()
    with pytest.raises(UnsuitableData, match=r"columns 'port' \('C'\), .* takes only numbers"):
        train_here(data_dir, own_data(data_dir, X, y, RidgeClassifier(), preprocess="none"))


def test_regressor_gets_r2_and_live_scores(data_dir):
    request = digits(
        "sklearn.ensemble.GradientBoostingRegressor",
        {"n_estimators": 40, "random_state": 0},
        dataset={"source": "sklearn", "name": "diabetes"},
    )
    run = train_here(data_dir, request)
    state = state_of(run)
    assert set(state.result["test"]) == {"r2", "mae", "rmse"}
    assert 0.2 < state.result["test"]["r2"] < 0.7
    assert state.result["split"]["stratified"] == [False, False]
    assert state.live_accuracy is None
    assert state.live_score.name == "r2"
    X, y = load_diabetes(return_X_y=True, as_frame=True)
    with np.load(run.split_file) as kept:
        model = load_model(run.model_dir, key=data_dir.key())
        places = kept["validation"]
        assert state.live_score.value == pytest.approx(model.score(X.iloc[places], y[places]))


def test_estimator_without_inner_progress_shows_its_score_at_the_end(data_dir):
    run = train_here(data_dir, digits("sklearn.linear_model.RidgeClassifier", {}))
    state = state_of(run)
    steps = [line.data["step"] for line in lines_of(run, "worker-1") if line.data.get("step")]
    assert steps == [1]
    assert state.live_accuracy > 0.8
    assert state.predictions_processed == 360 + 360  # validation rows, then test rows


def test_scoring_names_the_live_score(data_dir):
    request = digits(params={"n_estimators": 12}, scoring="neg_log_loss")
    state = state_of(train_here(data_dir, request))
    assert state.live_score.name == "neg_log_loss"
    assert state.live_score.value < 0
    assert state.live_accuracy > 0.8


def test_no_split_fits_on_every_row_and_measures_nothing(data_dir):
    state = state_of(train_here(data_dir, digits(params={"n_estimators": 5}, split=None)))
    assert state.result["rows"] == {"train": 1797, "validation": 0, "test": 0}
    assert set(state.result["test"].values()) == {None}
    assert state.live_accuracy is None


def test_own_validation_and_test_rows_take_none_of_the_others(data_dir):
    X, y = load_digits(return_X_y=True)
    request = RunRequest(
        dataset={
            "source": "upload",
            "id": upload(data_dir, {"X": X[:800], "y": y[:800]}),
            "validation": upload(data_dir, {"X": X[800:1000], "y": y[800:1000]}),
            "test": upload(data_dir, {"X": X[1000:], "y": y[1000:]}),
        },
        estimator={"class": "sklearn.naive_bayes.GaussianNB", "params": {}},
    )
    state = state_of(train_here(data_dir, request))
    assert state.result["rows"] == {"train": 800, "validation": 200, "test": 797}


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_files_are_read_below_the_root(data_dir, tmp_path, kind):
    X, y = titanic()
    frame = X.assign(fate=y)
    path = tmp_path / f"titanic.{kind}"
    frame.to_csv(path, index=False) if kind == "csv" else frame.to_parquet(path)
    request = digits(
        params={"n_estimators": 5, "random_state": 0},
        dataset={"source": "file", "path": path.name, "target": "fate"},
    )
    state = state_of(train_here(data_dir, request, root_dir=str(tmp_path)))
    assert state.name == f"RandomForestClassifier on titanic.{kind}"
    assert state.result["classes"] == ["lost", "saved"]


def test_findings_reach_the_feed(data_dir):
    X, y = titanic(120)
    X["always"] = 1
    X = pd.concat([X, X.iloc[:5]], ignore_index=True)
    y = np.r_[y, y[:5]]
    y[:3] = "unknown"
    run = train_here(data_dir, own_data(data_dir, X, y, RandomForestClassifier(5)))
    texts = [e["text"] for e in feed_of(run) if e["kind"] == "data_finding"]
    for part in (
        "values are missing, in age (",
        "1 column has the same value",
        "3 classes (",
        "exact duplicates of an earlier row",
        "1 class has fewer than 10 rows",
    ):
        assert any(part in text for text in texts), (part, texts)


def test_class_of_one_row_is_split_plainly_with_a_warning(data_dir):
    X, y = load_digits(return_X_y=True)
    y = y[:300].copy()
    y[0] = 77
    run = train_here(data_dir, own_data(data_dir, X[:300], y, RandomForestClassifier(5)))
    assert state_of(run).result["split"]["stratified"] == [False, False]
    warned = [e for e in feed_of(run) if e["level"] == "warning"]
    assert any("without regard to the classes" in e["text"] for e in warned)


@pytest.mark.parametrize(
    ("X", "y", "error", "words"),
    [
        ([[1.0], [2.0]], ["a", "a"], UnsuitableData, "one class only"),
        ([[1.0], [2.0]], ["a", None], UnsuitableData, "missing in 1 of 2 rows"),
        ([[1.0], [2.0], [3.0]], [0, 1], UnsuitableData, "expected the same number"),
        (np.zeros((0, 3)), [], UnsuitableData, "no rows"),
        ([1.0, 2.0], [0, 1], UnsuitableData, "1 dimensions"),
        ([[1.0], [2.0]], [[[0], [1]], [[1], [0]]], UnsuitableData, r"or \(rows, targets\)"),
        ([[1.0], [2.0], [4.0]], [0.5, 1.5, 2.5], UnsuitableData, "Use a regressor"),
        ([[1.0], [2.0]], [1, "b"], UnsuitableData, "mixes types"),
    ],
)
def test_data_that_cannot_be_fitted_is_refused_with_words(data_dir, X, y, error, words):
    if words == "mixes types":
        y = np.array(y, dtype=object)
    with pytest.raises(error, match=words):
        train_here(data_dir, own_data(data_dir, X, y, RandomForestClassifier(3)))


def test_unknown_target_column_is_named_with_those_that_are_there(data_dir, tmp_path):
    (tmp_path / "t.csv").write_text("a,b\n1,2\n3,4\n")
    request = digits(dataset={"source": "file", "path": "t.csv", "target": "c"})
    with pytest.raises(UnknownColumn, match="'a', 'b'"):
        train_here(data_dir, request, root_dir=str(tmp_path))


def test_missing_file_is_named(data_dir, tmp_path):
    request = digits(dataset={"source": "file", "path": "none.csv", "target": "c"})
    with pytest.raises(FileNotReadable, match=r"none\.csv"):
        train_here(data_dir, request, root_dir=str(tmp_path))


@pytest.mark.parametrize("change", ["link", "link to a folder", "hidden", "pipe"])
def test_file_that_leads_elsewhere_since_it_was_checked_is_not_read(data_dir, tmp_path, change):
    outside, root = tmp_path / "outside", tmp_path / "root"
    for folder in (outside, root / "data", root / ".kept"):
        folder.mkdir(parents=True)
        (folder / "t.csv").write_text("a,b\n" + "1,0\n2,1\n" * 30)
    path = root / "data" / "t.csv"
    request = digits(dataset={"source": "file", "path": "data/t.csv", "target": "b"})
    assert DataReader(Uploads(data_dir), root).read(request.dataset) is not None
    path.unlink()
    if change == "link to a folder":
        path.parent.rmdir()
        path.parent.symlink_to(outside)
    elif change == "pipe":
        os.mkfifo(path)
    else:
        path.symlink_to((root / ".kept" if change == "hidden" else outside) / "t.csv")
    error = FileNotReadable if change == "pipe" else PathNotAllowed
    with pytest.raises(error):
        train_here(data_dir, request, root_dir=str(root))


def test_second_run_knows_how_long_stages_take(data_dir):
    request = digits(params={"n_estimators": 10})
    first = train_here(data_dir, request)
    started = next(line for line in lines_of(first, "worker-1") if line.type == "training_started")
    assert {s["id"]: s["estimated_s"] for s in started.data["stages"]}["train"] is None

    second = train_here(data_dir, digits(params={"n_estimators": 20}))
    started = next(line for line in lines_of(second, "worker-1") if line.type == "training_started")
    assert all(stage["estimated_s"] is not None for stage in started.data["stages"])
    train = next(
        line.data
        for line in lines_of(second, "worker-1")
        if line.type == "stage_started" and line.data["stage"] == "train"
    )
    took = next(
        line.data["elapsed_s"]
        for line in lines_of(first, "worker-1")
        if line.type == "stage_completed" and line.data["stage"] == "train"
    )
    # Twice the trees on the same data: twice the time, up to the rounding of what was kept.
    assert train["estimated_s"] == pytest.approx(2 * took, rel=0.05, abs=0.01)


def test_ridge_on_sparse_rows(data_dir):
    from scipy import sparse

    rng = np.random.default_rng(0)
    X = sparse.random(200, 30, density=0.2, random_state=0, format="csr")
    y = X.sum(axis=1).A1 if hasattr(X.sum(axis=1), "A1") else np.asarray(X.sum(axis=1)).ravel()
    run = train_here(
        data_dir, own_data(data_dir, X, y + rng.normal(0, 0.01, 200), Ridge(alpha=1e-3))
    )
    assert state_of(run).result["test"]["r2"] > 0.9


def test_fit_without_steps_is_told_and_test_rows_are_counted(data_dir):
    run = train_here(data_dir, digits("sklearn.naive_bayes.GaussianNB", {}))
    told = [line for line in feed_of(run) if "no inner progress" in line["text"]]
    assert [line["text"].partition(" shows")[0] for line in told] == ["GaussianNB"]
    assert told[0]["kind"] == "data_finding"
    state = state_of(run)
    assert state.predictions_processed == 360 + 360  # validation, then test


def test_fit_with_steps_is_not_told_to_have_none(data_dir):
    run = train_here(data_dir, digits(params={"n_estimators": 4}))
    assert not any("inner progress" in line["text"] for line in feed_of(run))
    assert state_of(run).predictions_processed % 360 == 0
