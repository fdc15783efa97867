"""Rows on their way from a cell into a worker: each kept once, none through the server."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import polars
import pyarrow
import pytest
from scipy import sparse
from sklearn.base import clone
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, GroupKFold, GroupShuffleSplit

import jupyter_progress as jp

FOREST = RandomForestClassifier(5, random_state=0)
RNG = np.random.default_rng(0)
X = RNG.random((300, 6))
Y = (X[:, 0] + X[:, 1] > 1).astype(int)


def uploads(here: Any) -> set[str]:
    return {path.name for path in (Path(here.data_dir) / "uploads").iterdir()}


def fitted(here: Any, run: jp.RunHandle, rows: Any, y: Any, **fit_params: Any) -> tuple[Any, Any]:
    """The run's model, and what plain ``fit`` makes of the run's training rows."""
    run.wait()
    assert run.status == "completed", run.state["error"]
    split = np.load(Path(here.data_dir) / "runs" / run.run_id / "split.npz")
    train = split["train"]
    given = {name: values[train] for name, values in fit_params.items()}
    take = rows.iloc if hasattr(rows, "iloc") else rows
    return run.model, clone(run.model).fit(take[train], np.asarray(y)[train], **given)


@pytest.mark.slow
def test_same_rows_are_kept_once_and_not_sent(here: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[int] = []
    if here.kind == "server":
        client = here.backend.client
        monkeypatch.setattr(client, "upload_chunks", lambda *a: sent.append(1))
    first = jp.train(FOREST, X, Y, display=False)
    kept = uploads(here)
    again = jp.train(clone(FOREST).set_params(n_estimators=3), X.copy(), Y, display=False)
    assert len(uploads(here) - kept) == 1  # the other estimator
    assert sent == []
    for run in (first, again):
        assert run.wait().status == "completed"
    assert first.state["spec"]["dataset"]["id"] == again.state["spec"]["dataset"]["id"]


@pytest.mark.slow
def test_weights_groups_and_a_scorer_of_ones_own(here: Any) -> None:
    weights, groups = RNG.uniform(0.5, 2, 300), np.arange(300) // 10

    def half_right(model: Any, rows: Any, y: Any) -> float:
        return float(np.mean(model.predict(rows) == y)) / 2

    run = jp.train(
        FOREST, X, Y, sample_weight=weights, groups=groups, scoring=half_right, display=False
    )
    model, plain = fitted(here, run, X, Y, sample_weight=weights)
    assert np.array_equal(model.predict_proba(X), plain.predict_proba(X))
    assert not np.array_equal(model.predict_proba(X), clone(FOREST).fit(X, Y).predict_proba(X))
    rest, test = next(GroupShuffleSplit(1, test_size=0.2, random_state=0).split(X, groups=groups))
    split = np.load(Path(here.data_dir) / "runs" / run.run_id / "split.npz")
    assert split["test"].tolist() == test.tolist()
    again = GroupShuffleSplit(1, test_size=0.2 / (1 - 0.2), random_state=0)
    fit, val = next(again.split(rest, groups=groups[rest]))
    assert split["train"].tolist() == rest[fit].tolist()
    assert split["validation"].tolist() == rest[val].tolist()
    measured = run.result["test"]
    assert measured["half_right"] == pytest.approx(measured["accuracy"] / 2)
    assert run.state["live_score"]["name"] == "half_right"
    assert run.state["live_score"]["value"] == pytest.approx(run.state["live_accuracy"] / 2)
    assert run.result["split"]["stratified"] == [False, False]


@pytest.mark.slow
def test_search_gets_the_groups_and_the_weights_of_its_rows(here: Any) -> None:
    groups, weights = np.arange(300) // 10, RNG.uniform(0.5, 2, 300)
    search = GridSearchCV(LogisticRegression(), {"C": [0.01, 1.0]}, cv=GroupKFold(3))
    run = jp.train(search, X, Y, groups=groups, sample_weight=weights, display=False)
    model, plain = fitted(here, run, X, Y, groups=groups, sample_weight=weights)
    assert model.best_score_ == plain.best_score_
    assert np.array_equal(model.predict_proba(X), plain.predict_proba(X))


@pytest.mark.slow
def test_columns_of_weights_and_groups_are_no_features(here: Any, tmp_path: Path) -> None:
    frame = pd.DataFrame(X, columns=list("abcdef")).assign(w=1.0 + Y, g=np.arange(300) // 10, y=Y)
    named = {"target": "y", "sample_weight": "w", "groups": "g"}
    run = jp.train(FOREST, frame, **named, display=False)
    model, plain = fitted(here, run, frame[list("abcdef")], Y, sample_weight=1.0 + Y)
    assert model.feature_names_in_.tolist() == list("abcdef")
    for name in ("rows.csv", "rows.arrow"):
        path = tmp_path / name
        frame.to_csv(path, index=False) if name == "rows.csv" else frame.to_feather(path)
        other = jp.train(FOREST, path, **named, display=False).wait()
        assert other.result["test"] == run.result["test"]
        assert np.array_equal(other.model.predict_proba(frame[list("abcdef")]),
                              plain.predict_proba(frame[list("abcdef")]))  # fmt: skip


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:Constructing a DIA matrix")
@pytest.mark.parametrize("format", ["csr", "csc", "coo", "bsr", "dia", "lil", "dok"])
def test_sparse_rows_of_every_format(here: Any, format: str) -> None:
    matrix = sparse.csr_matrix(np.where(X > 0.5, X, 0.0)).asformat(format)
    model, plain = fitted(here, jp.train(FOREST, matrix, Y, display=False), matrix.tocsr(), Y)
    assert np.array_equal(model.predict_proba(matrix), plain.predict_proba(matrix))


@pytest.mark.slow
def test_lists_and_tables_of_other_libraries(here: Any) -> None:
    frame = pd.DataFrame(X, columns=list("abcdef"))
    expected = jp.train(FOREST, frame, Y, display=False).wait().result["test"]
    others = [
        (pyarrow.Table.from_pandas(frame), pyarrow.array(Y)),
        (polars.DataFrame(frame.to_dict("series")), polars.Series(Y)),
        (X.tolist(), Y.tolist()),
    ]
    for rows, targets in others:
        assert jp.train(FOREST, rows, targets, display=False).wait().result["test"] == expected


@pytest.mark.slow
def test_function_loads_in_the_worker(here: Any) -> None:
    made = {"X": X, "y": Y, "sample_weight": 1.0 + Y, "groups": np.arange(300) // 10}
    run = jp.train(FOREST, load=lambda: made, display=False)
    model, plain = fitted(here, run, X, Y, sample_weight=1.0 + Y)
    assert np.array_equal(model.predict_proba(X), plain.predict_proba(X))
    assert run.name == "RandomForestClassifier on <lambda>"
    frame = pd.DataFrame(X, columns=list("abcdef")).assign(y=Y)
    run = jp.train(FOREST, load=lambda: frame, target="y", display=False).wait()
    assert run.result["rows"] == {"train": 180, "validation": 60, "test": 60}


@pytest.mark.slow
def test_load_that_raises_shows_its_own_lines(alone: Any) -> None:
    def broken() -> Any:
        raise ConnectionError("the warehouse is away")

    run = jp.train(FOREST, load=broken, display=False)
    with pytest.raises(jp.errors.RunFailed, match="the warehouse is away"):
        run.wait()
    assert 'raise ConnectionError("the warehouse is away")' in run.state["error"]["traceback"]


@pytest.mark.slow
def test_scorer_that_fails_ends_its_scores_only(alone: Any) -> None:
    def moody(model: Any, rows: Any, y: Any) -> float:
        if len(y) > 30:
            raise RuntimeError("not today")
        return 0.5

    run = jp.train(FOREST, X, Y, scoring=moody, display=False).wait()
    assert run.status == "completed"
    assert run.result["test"]["moody"] is None
    assert run.state["live_accuracy"] is not None
    told = [line["text"] for line in jp.Panel().state["activity"] if line["run_id"] == run.run_id]
    assert any("moody cannot be measured: RuntimeError: not today" in text for text in told)


@pytest.mark.slow
def test_file_that_was_cut_is_told_and_the_next_call_heals_it(alone: Any) -> None:
    rows = RNG.random((400, 50))
    targets = np.arange(400) % 2
    run = jp.train(FOREST, rows, targets, display=False).wait()
    path = alone.data.uploads / run.state["spec"]["dataset"]["id"] / "data.npy"
    path.write_bytes(path.read_bytes()[:5000])
    request = alone.data.run(run.run_id).request()["request"]
    from jupyter_progress.core.reading_requests import read_request
    from jupyter_progress.core.requests import RunRequest

    state = alone.submit(read_request(request, RunRequest))
    with pytest.raises(jp.errors.RunFailed, match="cut off"):
        jp.get_run(state.run_id).wait()
    assert jp.train(FOREST, rows, targets, display=False).wait().status == "completed"
    assert path.stat().st_size > 400 * 50 * 8


@pytest.mark.slow
def test_rows_that_do_not_fit_are_refused_and_go_on_if_asked(
    here: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from jupyter_progress.notebook import local_backend, server_backend
    from jupyter_progress.training.capacity import Room

    for module in (local_backend, server_backend):
        monkeypatch.setattr(module, "memory_room", lambda *_: Room(10_000, 20_000))
    before = uploads(here)
    rows = RNG.random((300, 6))
    with pytest.raises(jp.errors.DoesNotFit, match=r"10\.0 kB are free of the limit of 20\.0 kB"):
        jp.train(FOREST, rows, Y, display=False)
    assert {name for name in uploads(here) - before if "npy" in name} == set()
    assert jp.train(FOREST, rows, Y, start_anyway=True, display=False).wait().status == "completed"


def test_full_disk_is_told_with_the_figures(alone: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from jupyter_progress.training import scratch

    usage = SimpleNamespace(total=10_000, used=9_000, free=1_000)
    monkeypatch.setattr(scratch.shutil, "disk_usage", lambda _folder: usage)
    runs = alone.data.run_ids()
    with pytest.raises(jp.errors.DiskFull, match=r"1\.00 kB are free of 10\.0 kB in .*scratch_dir"):
        jp.train(FOREST, RNG.random((300, 6)), Y, display=False)
    assert alone.data.run_ids() == runs
