"""The design's notebook example, line by line, with a server and without one."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import accuracy_score
from sklearn.model_selection import train_test_split

import jupyter_progress as jp
from jupyter_progress.panel.bundle import MIME_TYPE, WIDGET_VIEW

pytestmark = pytest.mark.usefixtures("here")


def test_result_is_what_plain_scikit_learn_gives(
    finished: jp.RunHandle, digits: SimpleNamespace
) -> None:
    X, y = digits.X, digits.y
    rest, X_test, y_rest, y_test = train_test_split(X, y, test_size=0.2, random_state=0, stratify=y)
    fitted_on, _, y_fitted, _ = train_test_split(
        rest, y_rest, test_size=0.25, random_state=0, stratify=y_rest
    )
    plain = RandomForestClassifier(40, random_state=0).fit(fitted_on, y_fitted)
    assert finished.result["test"]["accuracy"] == accuracy_score(y_test, plain.predict(X_test))
    assert finished.result["rows"] == {"train": 1077, "validation": 360, "test": 360}
    assert (finished.model.predict(X_test) == plain.predict(X_test)).all()


def test_run_is_found_again(finished: jp.RunHandle) -> None:
    assert finished in jp.runs(tag="kept")
    assert finished in jp.runs(status="completed")
    assert jp.runs(tag="no such tag") == []
    best = jp.runs(q="forty", metric="test.accuracy>0.9", estimator=["RandomForestClassifier"])
    assert finished in best
    assert finished in jp.runs(status=["completed", "failed"], sort="-score")
    assert jp.runs(metric=["test.accuracy>0.9", "test.accuracy<0.1"]) == []
    again = jp.get_run(finished.run_id)
    assert again == finished
    assert again.status == "completed"
    assert again.tags == ["kept"]
    assert "forty trees" in repr(jp.runs(tag="kept"))
    assert jp.runs(tag="kept").to_frame()["accuracy"].iloc[0] > 0.9


def test_history_is_a_frame_of_all_metrics(finished: jp.RunHandle) -> None:
    history = finished.history()
    assert history.index.name == "step"
    assert history.index[-1] == 40
    assert 0.9 < history["live_accuracy"].iloc[-1] <= 1.0
    assert list(finished.history(["live_accuracy"]).columns) == ["live_accuracy"]


def test_history_of_a_metric_that_there_is_not_names_those_that_there_are(
    finished: jp.RunHandle,
) -> None:
    with pytest.raises(jp.errors.InvalidRequest, match=r"names\[1\]: the run has no metric 'loss'"):
        finished.history(["live_accuracy", "loss"])
    with pytest.raises(jp.errors.InvalidRequest, match="did you mean 'live_accuracy'"):
        finished.history(["live_acuracy"])


def test_history_of_a_run_that_has_measured_nothing_is_empty(here: Any) -> None:
    with jp.Run("nothing", display=False) as own:
        pass
    history = jp.get_run(own.run_id).history(["loss", "a,b"])
    assert (list(history.columns), len(history), history.index.name) == (["loss", "a,b"], 0, "step")
    with jp.Run("something", display=False) as own:
        own.log({"a,b": 1.0, "c": 2.0})
    assert jp.get_run(own.run_id).history(["a,b"])["a,b"].tolist() == [1.0]


def test_run_is_found_by_a_part_of_its_id_and_not_by_its_name(
    here: Any, finished: jp.RunHandle
) -> None:
    assert jp.get_run(finished.run_id[-8:]) == finished
    with jp.Run("another", display=False):
        pass
    with pytest.raises(jp.errors.InvalidRequest, match=r"run_id: '2' fits \d+ runs"):
        jp.get_run("2")
    with pytest.raises(jp.errors.UnknownRun, match=r"jp.runs\(\) lists them") as refused:
        jp.get_run("forty trees")
    assert f"the run of that name has the id {finished.run_id}" in str(refused.value)


def test_prediction_of_a_run_that_goes_on_says_that_it_goes_on(
    here: Any, digits: SimpleNamespace
) -> None:
    run = jp.train(RandomForestClassifier(1_000_000), digits.X, digits.y, display=False)
    try:
        with pytest.raises(jp.errors.RunNotFinished, match=r"its model is there once it has ended"):
            run.predict(digits.X[:1])
    finally:
        run.cancel()


def test_columns_that_are_missing_are_told_in_words_of_the_frame(
    finished: jp.RunHandle, digits: SimpleNamespace
) -> None:
    finished.deploy("columns")
    rows = digits.X[:2].drop(columns="pixel_0_0").rename(columns={"pixel_0_1": "pixel_01"})
    with pytest.raises(jp.errors.InvalidRequest) as refused:
        finished.predict(rows)
    assert str(refused.value) == (
        "rows: the rows have no columns 'pixel_0_0', 'pixel_0_1'; the model takes no column "
        "'pixel_01'; did you mean 'pixel_0_1' by 'pixel_01'?"
    )
    with pytest.raises(jp.errors.InvalidRequest, match=r"rows\[0\].pixel_0_0: is missing"):
        finished.predict([{"pixel_0_1": 1.0}])


def test_deployed_model_predicts(finished: jp.RunHandle, digits: SimpleNamespace) -> None:
    rows = digits.X.head(3)
    answer = finished.deploy("forty")
    assert answer["deployed"] >= 1
    expected = list(finished.model.predict(rows))
    assert list(finished.predict(rows)) == expected
    assert list(finished.predict(rows.to_numpy())) == expected
    assert finished.predict_proba(rows).shape == (3, 10)
    assert list(jp.load_model("forty").predict(rows)) == expected
    assert finished.register("forty") == answer["deployed"]


def test_predicting_before_deploying_says_what_to_do(digits: SimpleNamespace) -> None:
    run = jp.train(RandomForestClassifier(5), digits.X, digits.y, name="never deployed").wait()
    with pytest.raises(jp.errors.Conflict, match=r"run\.deploy\(\)"):
        run.predict(digits.X.head(1))


def test_row_that_does_not_fit_is_named(finished: jp.RunHandle) -> None:
    finished.deploy("forty")
    with pytest.raises(jp.errors.InvalidRequest, match="rows"):
        finished.predict([[1.0, 2.0]])
    with pytest.raises(jp.errors.InvalidRequest, match="rows"):
        finished.predict("abc")


def test_panel_knows_its_run_and_how_it_is_fed(here: Any, finished: jp.RunHandle, scaled) -> None:
    panel = finished.panel
    wait_until(
        lambda: panel.connection == {"local": "local", "server": "live"}[here.kind], scaled(10)
    )
    assert panel.state is not None
    assert panel.state["run_id"] == finished.run_id
    assert panel.state["status"] == "completed"
    assert finished.panel is panel


def test_panel_of_everything_has_the_snapshot(finished: jp.RunHandle, scaled) -> None:
    panel = jp.Panel()
    wait_until(lambda: panel.connection != "offline" and panel.state is not None, scaled(10))
    assert panel.state is not None
    assert finished.run_id in [run["run_id"] for run in panel.state["runs"]]


def test_bundle_carries_every_form_and_no_token(finished: jp.RunHandle) -> None:
    bundle = finished._repr_mimebundle_()
    assert {MIME_TYPE, WIDGET_VIEW, "text/html", "text/plain"} <= set(bundle)
    assert bundle[MIME_TYPE]["run_id"] == finished.run_id
    assert "<script" not in bundle["text/html"]
    assert "a-token-for-tests-only" not in str(bundle)
    assert "a-token-for-tests-only" not in str(finished.panel.get_state())


def test_run_is_renamed_annotated_and_deleted(here: Any, digits: SimpleNamespace) -> None:
    run = jp.train(
        "sklearn.tree.DecisionTreeClassifier", {"source": "sklearn", "name": "iris"},
        params={"max_depth": 2}, display=False,
    )  # fmt: skip
    assert run.name == "DecisionTreeClassifier on iris"
    with pytest.raises(jp.errors.RunGoingOn):
        run.delete()
    run.wait()
    run.update(name="a stump", tags=["small"])
    run.note("looks fine")
    assert jp.get_run(run.run_id).name == "a stump"
    assert isinstance(run.output(), str)
    run.delete()
    with pytest.raises(jp.errors.UnknownRun):
        jp.get_run(run.run_id)
    assert run not in jp.runs()


def test_own_split_takes_no_row(
    digits: SimpleNamespace, capsys: pytest.CaptureFixture[str]
) -> None:
    X, y = digits.X.to_numpy(), digits.y.to_numpy()
    run = jp.train(
        RandomForestClassifier(5, random_state=0), X[:1000], y[:1000],
        validation=(X[1000:1300], y[1000:1300]), test=(X[1300:], y[1300:]), display=False,
    )  # fmt: skip
    told = "(and 300 validation, 497 test rows of your own)"
    assert capsys.readouterr().out == f"fitting on 1,000 of 1,000 rows {told}\n"
    assert run.wait().result["rows"] == {"train": 1000, "validation": 300, "test": 497}


@pytest.mark.slow
def test_own_test_rows_are_told_apart_from_those_that_are_taken(
    digits: SimpleNamespace, capsys: pytest.CaptureFixture[str], alone: Any
) -> None:
    X, y = digits.X[:1000], digits.y[:1000]
    own = (digits.X[1000:], digits.y[1000:])
    jp.train(RandomForestClassifier(5), X, y, test=own, display=False).wait()
    told = "(200 validation; and 797 test rows of your own)"
    assert capsys.readouterr().out == f"fitting on 800 of 1,000 rows {told}\n"


@pytest.mark.slow
def test_file_is_loaded_by_the_worker_wherever_it_lies(
    tmp_path: Any,
    digits: SimpleNamespace,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    digits.frame.head(300).to_parquet(tmp_path / "data.parquet")
    monkeypatch.chdir(tmp_path)
    run = jp.train(
        RandomForestClassifier(5), "data.parquet", target="target", split=None, display=False
    )
    assert capsys.readouterr().out == "fitting on every row\n"
    assert run.wait().result["rows"]["train"] == 300


def wait_until(is_so: Any, limit_s: float) -> None:
    import time

    deadline = time.monotonic() + limit_s
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.05)
