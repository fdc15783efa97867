"""Checkpoints: a fit that was killed at any moment ends with the model of an unbroken one."""

from __future__ import annotations

import json
import pickle
import random
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.datasets import load_digits

from jupyter_progress.errors import ArtifactRefused
from jupyter_progress.models.persistence import load_model
from jupyter_progress.store.layout import DataDirectory, RunDirectory
from jupyter_progress.training.checkpoint_files import CheckpointFiles
from jupyter_progress.training.fitting.keeping import Keeping

from .runs import (
    digits,
    feed_of,
    kill_worker,
    lines_of,
    resume,
    start,
    state_of,
    wait_for_end,
    wait_until,
)

ENSEMBLE = "sklearn.ensemble."
# Class, parameters, and whether a checkpoint of it can be gone on from. No random state is given:
# the first attempt draws one, and the next ones must use it.
FAMILIES: dict[str, tuple[str, dict[str, Any], bool]] = {
    "forest": (f"{ENSEMBLE}RandomForestClassifier", {"n_estimators": 300, "n_jobs": 2}, True),
    "extra trees": (
        f"{ENSEMBLE}ExtraTreesClassifier",
        {"n_estimators": 400, "bootstrap": True, "oob_score": True},
        True,
    ),
    "forest of numbers": (f"{ENSEMBLE}RandomForestRegressor", {"n_estimators": 60}, True),
    "bagging": (
        f"{ENSEMBLE}BaggingClassifier",
        {"n_estimators": 80, "max_samples": 0.8, "max_features": 0.7, "oob_score": True},
        True,
    ),
    "bagging by threads": (
        f"{ENSEMBLE}BaggingClassifier",
        {"n_estimators": 600, "n_jobs": 2, "oob_score": True},
        True,
    ),
    "boosting": (
        f"{ENSEMBLE}GradientBoostingClassifier",
        {"n_estimators": 40, "subsample": 0.7, "max_features": 0.5},
        True,
    ),
    "boosting that stops early": (
        f"{ENSEMBLE}GradientBoostingRegressor",
        {"n_estimators": 300, "n_iter_no_change": 300},
        False,
    ),
    "histograms": (f"{ENSEMBLE}HistGradientBoostingClassifier", {"max_iter": 60}, True),
    "histograms that stop early": (
        f"{ENSEMBLE}HistGradientBoostingRegressor",
        {"max_iter": 150, "early_stopping": True, "n_iter_no_change": 100, "scoring": "r2"},
        False,
    ),
    "adaboost": (f"{ENSEMBLE}AdaBoostClassifier", {"n_estimators": 400}, False),
    "network": (
        "sklearn.neural_network.MLPClassifier",
        {"max_iter": 60, "tol": 0.0, "n_iter_no_change": 60},
        False,
    ),
    "descent": ("sklearn.linear_model.SGDClassifier", {"max_iter": 300, "tol": None}, False),
    "logistic": ("sklearn.linear_model.LogisticRegression", {"max_iter": 400}, False),
    "support vectors": ("sklearn.svm.SVC", {"probability": True}, False),
}


def request(family: str, **changed: Any):
    cls, params, _ = FAMILIES[family]
    # Half of the time may go into watching and checkpoints: these fits are short.
    return digits(cls, params | changed, max_overhead=0.5)


def kill_when(run: RunDirectory, condition: Any, scaled: Any) -> bool:
    """Kill the worker as soon as something holds; False where it was faster."""
    wait_until(lambda: run.exit_file.exists() or condition(), scaled(60), "the moment to kill")
    if run.exit_file.exists():
        return False
    kill_worker(run)
    return wait_for_end(run, scaled(20)).status == "failed"


def predicted(model: Any) -> np.ndarray:
    X, _y = load_digits(return_X_y=True, as_frame=True)
    return np.asarray(getattr(model, "predict_proba", model.predict)(X))


def same_as_unbroken(data: DataDirectory, run: RunDirectory, family: str) -> None:
    state = state_of(run)
    assert state.status == "completed", state.error
    drawn = state.result["random_state"]
    model = load_model(run.model_dir, key=data.key())
    whole = start(data, request(family, **drawn))
    wait_for_end(whole, 240)
    unbroken = load_model(whole.model_dir, key=data.key())
    assert np.array_equal(predicted(model), predicted(unbroken))
    params = model.get_params()
    assert params == unbroken.get_params()
    for name in ("oob_score_", "train_score_", "n_iter_", "loss_curve_"):
        if hasattr(unbroken, name):
            assert np.array_equal(getattr(model, name), getattr(unbroken, name)), name
    ours, theirs = state.result, state_of(whole).result
    assert (ours["test"], ours["split"]) == (theirs["test"], theirs["split"])
    assert (ours["steps"], ours["threads"]) == (theirs["steps"], theirs["threads"])


@pytest.mark.slow
def test_killed_fit_goes_on_from_its_checkpoint(data_dir, scaled):
    run = start(data_dir, request("forest"), checkpoint_every_s=0.1)
    assert kill_when(run, (run.checkpoints / "fit.json").exists, scaled)
    kept = json.loads((run.checkpoints / "fit.json").read_text())
    resume(data_dir, run)
    state = wait_for_end(run, scaled(60))
    assert state.status == "completed", state.error
    texts = [line["text"] for line in feed_of(run)]
    assert any(f"The fit goes on after step {kept['step']:,}, " in text for text in texts), texts
    begun = next(
        line for line in lines_of(run, "worker-2")
        if line.type == "stage_started" and line.data["stage"] == "train"
    )  # fmt: skip
    assert begun.data["carried_s"] == kept["train_s"]
    steps = [line.data["step"] for line in lines_of(run, "worker-2") if line.data.get("step")]
    assert min(steps) > kept["step"]
    assert not run.checkpoints.exists()
    same_as_unbroken(data_dir, run, "forest")


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("family", sorted(FAMILIES))
def test_fit_that_is_killed_at_several_moments_ends_with_the_same_model(data_dir, scaled, family):
    goes_on = FAMILIES[family][2]
    drawn = random.Random(family)
    run = start(data_dir, request(family), checkpoint_every_s=0.05)
    broken = 0
    for attempt in range(1, 5):
        until = time.monotonic() + drawn.uniform(0.0, 1.5)

        def is_due(writer: str = f"worker-{attempt}", until: float = until) -> bool:
            begun = any(line.data.get("stage") == "train" for line in lines_of(run, writer))
            # Now and then also before its fit.
            return (begun or drawn.random() < 0.005) and time.monotonic() > until

        if not kill_when(run, is_due, scaled):
            break
        broken += 1
        resume(data_dir, run)
    wait_until(run.exit_file.exists, scaled(120), "the end")
    same_as_unbroken(data_dir, run, family)
    assert broken, "it was never killed"
    went_on = [line["text"] for line in feed_of(run) if line["text"].startswith("The fit ")]
    assert went_on
    if not goes_on:
        assert all("starts again: no checkpoint of it was kept" in text for text in went_on)


@pytest.mark.slow
def test_checkpoint_that_is_not_ours_is_refused_and_the_fit_starts_again(data_dir, scaled):
    run = start(data_dir, request("forest"), checkpoint_every_s=0.1)
    manifest = run.checkpoints / "fit.json"
    assert kill_when(run, manifest.exists, scaled)
    forged = json.loads(manifest.read_text())
    evil = run.checkpoints / forged["head"]["file"]
    evil.write_bytes(b"cos\nsystem\n(S'touch " + str(run.path / "evil").encode() + b"'\ntR.")
    forged["step"] += 1
    manifest.write_text(json.dumps(forged))
    resume(data_dir, run)
    assert wait_for_end(run, scaled(60)).status == "completed"
    texts = [line["text"] for line in feed_of(run)]
    assert any("is not signed with this data directory's key" in text for text in texts), texts
    assert not (run.path / "evil").exists()


def files(folder: Path, **changed: Any) -> CheckpointFiles:
    identity = {"class": "A", "shape": [3, 2]} | changed
    return CheckpointFiles(folder, b"k" * 32, identity)


def test_checkpoint_is_read_as_it_was_written_part_by_part(tmp_path):
    ours = files(tmp_path / "kept")
    assert ours.read() is None
    first = ours.write(None, pickle.dumps("head 2"), pickle.dumps([1, 2]), 2, 0.5)
    ours.write(first, pickle.dumps("head 5"), pickle.dumps([3, 4, 5]), 5, 1.25)
    kept = ours.read()
    assert (kept.step, kept.train_s) == (5, 1.25)
    assert ours.open(kept) == ("head 5", [[1, 2], [3, 4, 5]])
    assert sorted(path.name for path in (tmp_path / "kept").iterdir()) == [
        "fit.json", "head-5.pickle", "part-2.pickle", "part-5.pickle",
    ]  # fmt: skip
    assert ours.what_differs(kept) is None
    assert files(tmp_path / "kept", shape=[4, 2]).what_differs(kept) == "shape"


@pytest.mark.parametrize("file", ["head-2.pickle", "part-2.pickle"])
def test_file_that_is_not_the_one_that_was_written_is_never_opened(tmp_path, file):
    ours = files(tmp_path / "kept")
    kept = ours.write(None, pickle.dumps("head"), pickle.dumps([1, 2]), 2, 0.5)
    evil = f"cos\nsystem\n(S'touch {tmp_path}/evil'\ntR.".encode()
    (tmp_path / "kept" / file).write_bytes(evil)
    with pytest.raises(ArtifactRefused, match="SHA-256"):
        ours.open(kept)
    assert not (tmp_path / "evil").exists()
    with pytest.raises(ArtifactRefused, match="not signed"):
        CheckpointFiles(tmp_path / "kept", b"x" * 32, {}).read()


def test_checkpoints_cost_no_more_than_their_share(tmp_path):
    """Whatever a member costs: what does not pay is not kept."""
    kept_of = {}
    for size in (10, 1_000_000):
        keeping = Keeping(files(tmp_path / str(size)), max_overhead=0.02, every_s=1.0)
        spent = 0.0
        for done in range(1, 200):
            elapsed_s = done * 0.25
            spent += keeping.offer(
                done, elapsed_s, lambda: "head",
                lambda first, last, size=size: [list(range(size)) for _ in range(first, last)],
            )  # fmt: skip
            keeping.close()  # all of it happens in an instant
        kept_of[size] = files(tmp_path / str(size)).read()
        assert spent <= 0.5 * 0.02 * elapsed_s * 1.5
    assert kept_of[10].step >= 190
    assert len(kept_of[10].parts) > 30


def test_member_that_cannot_be_pickled_costs_the_checkpoints_and_not_the_fit(tmp_path):
    said = []
    keeping = Keeping(files(tmp_path / "kept"), max_overhead=1.0, every_s=0.0, warn=said.append)
    for done in (1, 2, 3):
        keeping.offer(done, 10.0 * done, lambda: "head", lambda *_: threading.Lock())
    assert len(said) == 1
    assert "No checkpoint is kept: TypeError" in said[0]
    assert files(tmp_path / "kept").read() is None
