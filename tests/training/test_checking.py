"""Requests that cannot be right, refused before anything is started."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pandas as pd
import pytest

from jupyter_progress.core.reading_requests import read_request
from jupyter_progress.core.requests import RunRequest, check_run_request
from jupyter_progress.core.run_requests import kept_request_of, read_run_request
from jupyter_progress.errors import ProgressError, Unavailable
from jupyter_progress.store.layout import DataDirectory
from jupyter_progress.training.checking import Checker
from jupyter_progress.training.data_checks import (
    CONTENT_CHECKED_UP_TO_BYTES,
    CONTENT_CHECKED_UP_TO_COLUMNS,
)
from jupyter_progress.training.request_checks import RequestChecks
from jupyter_progress.training.uploads import Uploads

from ..jupyter_process import SCALE

FOREST = {"class": "sklearn.ensemble.RandomForestClassifier"}
RIDGE = {"class": "sklearn.linear_model.Ridge"}
ALLOWED = ("sklearn", "xgboost", "lightgbm")

Check = Callable[..., None]


def request(dataset: dict[str, Any], estimator: Any = FOREST, **rest: Any) -> RunRequest:
    body = {"dataset": dataset, "estimator": estimator, **rest}
    return check_run_request(read_request(body, RunRequest))


def bundled(name: str) -> dict[str, Any]:
    return {"source": "sklearn", "name": name}


def file(path: str, target: str = "label") -> dict[str, Any]:
    return {"source": "file", "path": path, "target": target}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A server's root directory with files of every kind in it."""
    root = tmp_path / "root"
    (root / "folder").mkdir(parents=True)
    (root / ".hidden").mkdir()
    rng = np.random.default_rng(0)
    good = pd.DataFrame({"a": rng.normal(size=40), "b": range(40), "label": [0, 1] * 20})
    good.to_csv(root / "good.csv", index=False)
    good.to_csv(root / ".hidden" / "good.csv", index=False)
    good.to_csv(root / "folder" / ".secret.csv", index=False)
    good.to_csv(tmp_path / "outside.csv", index=False)
    good.to_parquet(root / "good.parquet")
    good.to_parquet(root / "no_suffix")
    good.assign(label=1).to_csv(root / "one_class.csv", index=False)
    good.assign(label=[None, *[0, 1] * 19, 1]).to_csv(root / "nan.csv", index=False)
    good.assign(label=good["a"]).to_csv(root / "continuous.csv", index=False)
    good.assign(label=["x", "y"] * 20).to_csv(root / "words.csv", index=False)
    good[["label"]].to_csv(root / "only_target.csv", index=False)
    good.head(3).to_csv(root / "three.csv", index=False)
    (root / "empty.csv").write_bytes(b"")
    (root / "header.csv").write_text("a,label\n")
    (root / "torn.csv").write_text('a,label\n1,2\n1,2,3,4\n"')
    (root / "bytes.csv").write_bytes(b"a,label\n\xff\xfe,1\n")
    (root / "broken.parquet").write_bytes(b"PAR1 and then nothing")
    (root / "notes.txt").write_text("a,label\n1,2\n")
    os.mkfifo(root / "pipe.csv")
    (root / "link_out.csv").symlink_to(tmp_path / "outside.csv")
    (root / "link_in.csv").symlink_to(root / "good.csv")
    (root / "link_hidden.csv").symlink_to(root / ".hidden" / "good.csv")
    (root / "loop.csv").symlink_to(root / "loop.csv")
    return root


@pytest.fixture
def data_dir(tmp_path: Path) -> DataDirectory:
    found = DataDirectory(tmp_path / "progress")
    found.ensure()
    return found


@pytest.fixture
def check(root: Path, data_dir: DataDirectory) -> Check:
    """The checks themselves, in this process."""
    checks = RequestChecks(Uploads(data_dir), root, ALLOWED)
    return lambda *args, **rest: checks.check(request(*args, **rest))


def refusal(check: Callable[..., object], *args: Any, **rest: Any) -> tuple[str, str, str]:
    """The reason, the field and the words of a refusal."""
    with pytest.raises(ProgressError) as refused:
        check(*args, **rest)
    error = refused.value
    assert 400 <= error.status < 500
    assert "Traceback" not in str(error)
    return error.reason, getattr(error, "field", ""), str(error)


@pytest.mark.parametrize(
    "path", ["good.csv", "good.parquet", "no_suffix", "link_in.csv", "./folder/../good.csv"]
)
def test_good_files_pass(check: Check, path: str) -> None:
    check(file(path))
    check(file(path, "a"), RIDGE, scoring="r2")


@pytest.mark.parametrize("name", ["iris", "digits", "wine", "breast_cancer"])
def test_bundled_sets_pass(check: Check, name: str) -> None:
    check(bundled(name), scoring="neg_log_loss")
    check(bundled(name), {"class": "sklearn.tree.DecisionTreeRegressor"})
    check(bundled("diabetes"), RIDGE)


@pytest.mark.parametrize(
    ("path", "reason", "told"),
    [
        ("../outside.csv", "path_not_allowed", "outside of the server's root directory"),
        ("/etc/passwd", "path_not_allowed", "outside of the server's root directory"),
        ("/nowhere/at/all", "path_not_allowed", "outside of the server's root directory"),
        ("link_out.csv", "path_not_allowed", "outside of the server's root directory"),
        (".hidden/good.csv", "path_not_allowed", "is hidden"),
        ("folder/.secret.csv", "path_not_allowed", "is hidden"),
        ("link_hidden.csv", "path_not_allowed", "is hidden"),
        ("good.csv\0", "path_not_allowed", "NUL"),
        ("missing.csv", "file_not_readable", "there is no file 'missing.csv'"),
        ("folder", "file_not_readable", "is a folder"),
        (".", "file_not_readable", "is a folder"),
        ("pipe.csv", "file_not_readable", "is no regular file"),
        ("loop.csv", "file_not_readable", "cannot be followed"),
        ("a" * 5000, "file_not_readable", "too long"),
        ("notes.txt", "file_not_readable", "expected .csv"),
        ("torn.csv", "file_not_readable", "cannot be read as CSV"),
        ("bytes.csv", "file_not_readable", "save it as CSV in UTF-8"),
        ("broken.parquet", "file_not_readable", "cannot be read as Parquet"),
        ("empty.csv", "unsuitable_data", "is empty"),
        ("header.csv", "unsuitable_data", "no rows"),
    ],
)
def test_path_that_cannot_be_read_is_refused(
    check: Check, path: str, reason: str, told: str
) -> None:
    found, field, words = refusal(check, file(path))
    assert (found, field) == (reason, "dataset.path")
    assert told in words


@contextmanager
def ordinary_user() -> Iterator[None]:
    """Nobody in particular, where root runs the tests: root may read everything."""
    is_root = os.geteuid() == 0
    if is_root:
        os.seteuid(pwd.getpwnam("nobody").pw_uid)
    try:
        yield
    finally:
        if is_root:
            os.seteuid(0)


def test_file_without_permission_is_refused(data_dir: DataDirectory, root: Path) -> None:
    # Not below pytest's folder, which only its owner may enter.
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        shutil.copy(root / "good.csv", folder / "good.csv")
        checks = RequestChecks(Uploads(data_dir), folder, ALLOWED)
        asked = request(file("good.csv"))
        checks.check(asked)
        (folder / "good.csv").chmod(0)
        with ordinary_user():
            reason, field, told = refusal(checks.check, asked)
    assert (reason, field) == ("file_not_readable", "dataset.path")
    assert "cannot be read: permission denied" in told


def test_upload_that_cannot_be_read_any_more_is_refused(root: Path) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        uploads = Uploads(DataDirectory(folder))
        handed = uploads.add("csv", (root / "good.csv").read_bytes())["id"]
        asked = request({"source": "upload", "id": handed, "target": "label"})
        checks = RequestChecks(uploads, folder, ALLOWED)
        checks.check(asked)
        for inside in (folder, *folder.rglob("*")):
            inside.chmod(0o755)
        uploads.path(handed).chmod(0)
        with ordinary_user():
            reason, field, told = refusal(checks.check, asked)
    assert (reason, field) == ("file_not_readable", "dataset.id")
    assert "the file cannot be read: Permission denied" in told


@pytest.mark.parametrize(
    ("path", "estimator", "reason", "told"),
    [
        ("one_class.csv", FOREST, "unsuitable_data", "one class only"),
        ("nan.csv", FOREST, "unsuitable_data", "missing in 1 of 40 rows"),
        ("nan.csv", RIDGE, "unsuitable_data", "missing in 1 of 40 rows"),
        ("continuous.csv", FOREST, "unsuitable_data", "a classifier needs classes"),
        ("words.csv", RIDGE, "unsuitable_data", "a regressor needs numbers"),
        ("only_target.csv", FOREST, "unsuitable_data", "no columns to learn from"),
    ],
)
def test_target_that_cannot_be_learned_is_refused(
    check: Check, path: str, estimator: Any, reason: str, told: str
) -> None:
    found, field, words = refusal(check, file(path), estimator)
    assert found == reason
    assert field.startswith("dataset")
    assert told in words


def test_unknown_column_is_refused_with_those_there_are(check: Check) -> None:
    reason, field, words = refusal(check, file("good.csv", "lable"))
    assert (reason, field) == ("unknown_column", "dataset.target")
    assert "'a', 'b', 'label'" in words


def test_unknown_data_set_is_refused_with_the_nearest_and_all(check: Check) -> None:
    reason, field, words = refusal(check, bundled("digitz"))
    assert (reason, field) == ("unknown_dataset", "dataset.name")
    assert "did you mean 'digits'? expected one of breast_cancer, diabetes" in words
    assert "; expected one of" in refusal(check, bundled("mnist_784"))[2]


def test_classifier_on_numbers_is_refused(check: Check) -> None:
    reason, field, words = refusal(check, bundled("diabetes"))
    assert (reason, field) == ("unsuitable_data", "dataset.name")
    assert "expected a regressor" in words


@pytest.mark.parametrize(
    ("rest", "reason", "field"),
    [
        ({"split": {"test": 0.9, "validation": 0.09}}, "unsuitable_data", "split.test"),
        ({"split": {"test": 0.5, "stratify": False}}, None, None),
        ({"split": None}, None, None),
    ],
)
def test_split_that_leaves_nothing_is_refused(
    check: Check, rest: Any, reason: str | None, field: str | None
) -> None:
    if reason is None:
        check(file("good.csv"), **rest)
    else:
        assert refusal(check, file("three.csv"), **rest)[:2] == (reason, field)


@pytest.mark.parametrize(
    ("dataset", "estimator", "scoring", "told"),
    [
        (bundled("iris"), FOREST, "f1_macr", "did you mean 'f1_macro'?"),
        (bundled("iris"), FOREST, "acc", "did you mean 'accuracy'?"),
        (bundled("iris"), FOREST, "zzzzz", "expected one such as"),
        (bundled("iris"), FOREST, "r2", "'r2' scores regressors; expected one such as 'accuracy'"),
        (bundled("diabetes"), RIDGE, "accuracy", "'accuracy' scores classifiers"),
        (bundled("iris"), FOREST, "rand_score", "compares clusters"),
        (bundled("iris"), FOREST, "f1", "Target is multiclass"),
        (bundled("iris"), FOREST, "roc_auc", "multi_class"),
        (file("words.csv"), FOREST, "f1", "pos_label"),
        (
            bundled("iris"),
            {"class": "sklearn.svm.LinearSVC"},
            "neg_log_loss",
            "needs predict_proba",
        ),
        (file("good.csv", "a"), RIDGE, "neg_mean_squared_log_error", "cannot score these targets"),
    ],
)
def test_scorer_that_does_not_fit_is_refused(
    check: Check, dataset: Any, estimator: Any, scoring: str, told: str
) -> None:
    reason, field, words = refusal(check, dataset, estimator, scoring=scoring)
    assert (reason, field) == ("invalid_request", "scoring")
    assert told in words


@pytest.mark.parametrize(
    ("estimator", "reason", "field"),
    [
        ({"class": "os.system"}, "estimator_not_allowed", "estimator.class"),
        ({"class": "sklearn.svm.SVX"}, "unknown_estimator", "estimator.class"),
        ({"class": "sklearn.cluster.KMeans"}, "unsuitable_estimator", "estimator.class"),
        ({**FOREST, "params": {"n": 1}}, "invalid_parameter", "estimator.params.n"),
        (
            {**FOREST, "params": {"max_depth": 0}},
            "invalid_parameter",
            "estimator.params.max_depth",
        ),
        ({"upload": "0" * 32}, "unknown_upload", ""),
    ],
)
def test_estimator_that_cannot_be_trained_is_refused(
    check: Check, estimator: Any, reason: str, field: str
) -> None:
    assert refusal(check, bundled("iris"), estimator)[:2] == (reason, field)


def test_uploads_are_checked_but_pickles_are_not_opened(
    check: Check, data_dir: DataDirectory, root: Path, tmp_path: Path
) -> None:
    uploads = Uploads(data_dir)
    proof = tmp_path / "it-ran"
    pickled = uploads.add("pickle", b"cos\nmkdir\n(S'%s'\ntR." % os.fsencode(proof))["id"]
    table = uploads.add("csv", (root / "good.csv").read_bytes())["id"]
    np.savez(tmp_path / "arrays.npz", X=np.eye(10), y=np.arange(10) % 2)
    arrays = uploads.add("npz", (tmp_path / "arrays.npz").read_bytes())["id"]
    np.savez(tmp_path / "objects.npz", X=np.eye(2), y=np.array([{}, "a"], dtype=object))
    objects = uploads.add("npz", (tmp_path / "objects.npz").read_bytes())["id"]

    check({"source": "upload", "id": pickled}, {"upload": pickled})
    check({"source": "upload", "id": table, "target": "label"})
    check({"source": "upload", "id": arrays, "validation": arrays, "test": arrays})
    assert not proof.exists()

    unknown = {"source": "upload", "id": "0" * 32}
    assert refusal(check, unknown)[0] == "unknown_upload"
    assert refusal(check, {"source": "upload", "id": table})[0] == "unknown_column"
    assert refusal(check, {"source": "upload", "id": objects})[0] == "file_not_readable"
    with_target = {"source": "upload", "id": arrays, "target": "y"}
    assert refusal(check, with_target)[1] == "dataset.target"
    other = {"source": "upload", "id": table, "target": "label", "test": arrays}
    assert refusal(check, other)[1] == "dataset.test"
    wrong = refusal(check, bundled("iris"), {"upload": arrays})
    assert wrong[1] == "estimator.upload"


def test_function_is_checked_and_not_opened(
    data_dir: DataDirectory, root: Path, tmp_path: Path
) -> None:
    uploads = Uploads(data_dir)
    checks = RequestChecks(uploads, root, ALLOWED)
    proof = tmp_path / "it-ran"
    pickled = uploads.add("pickle", b"cos\nmkdir\n(S'%s'\ntR." % os.fsencode(proof))["id"]
    table = uploads.add("csv", (root / "good.csv").read_bytes())["id"]

    def check(upload: str, **rest: Any) -> None:
        body = {"kind": "function", "function": {"upload": upload}, **rest}
        checks.check(kept_request_of(msgspec.to_builtins(read_run_request(body))))

    check(pickled, stages=["a", "b"])
    assert not proof.exists()
    assert refusal(check, "0" * 32)[0] == "unknown_upload"
    reason, field, words = refusal(check, table)
    assert (reason, field) == ("invalid_request", "function.upload")
    assert "is a csv upload; expected a pickle of a function" in words
    nowhere = {"python": "/nowhere/python"}
    assert refusal(check, pickled, executor=nowhere)[1] == "executor.python"


def test_executor_that_is_not_there_is_refused(check: Check, root: Path) -> None:
    check(bundled("iris"), executor={"cwd": str(root)})
    for executor, field in (
        ({"python": "/nowhere/python"}, "executor.python"),
        ({"python": "python"}, "executor.python"),
        ({"python": str(root)}, "executor.python"),
        ({"python": "/bin/ls"}, "executor.python"),
        ({"python": "/bin/echo"}, "executor.python"),
        ({"cwd": "/nowhere"}, "executor.cwd"),
        ({"cwd": "\0"}, "executor.cwd"),
    ):
        assert refusal(check, bundled("iris"), executor=executor)[1] == field


def test_package_only_another_interpreter_has_is_left_to_it(check: Check, tmp_path: Path) -> None:
    other = tmp_path / "python"
    other.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    other.chmod(0o700)
    model = {"class": "xgboost.XGBClassifier"}
    here = refusal(check, bundled("iris"), model) if not _is_installed("xgboost") else None
    assert here is None or here[0] == "unknown_estimator"
    check(bundled("iris"), model, executor={"python": str(other)})
    evil = {"class": "evil.Model"}
    short = {"class": "RandomForestClassifier"}
    refused = refusal(check, bundled("iris"), short, executor={"python": str(other)})
    assert refused[0] == "unknown_estimator"
    assert f"did you mean {FOREST['class']!r}?" in refused[2]
    refused = refusal(check, bundled("iris"), evil, executor={"python": str(other)})
    assert refused[0] == "estimator_not_allowed"


def _is_installed(package: str) -> bool:
    import importlib.util

    return importlib.util.find_spec(package) is not None


def test_file_that_changed_is_looked_at_again(check: Check, root: Path) -> None:
    path = root / "good.csv"
    check(file("good.csv"))
    path.write_bytes((root / "one_class.csv").read_bytes())
    assert "one class only" in refusal(check, file("good.csv"))[2]


def test_what_the_estimator_cannot_take_is_refused(check: Check, root: Path) -> None:
    frame = pd.DataFrame(
        {"a": [1.0, 2.0] * 20, "town": ["Bern", "Rome"] * 20, "label": [0, 1] * 20}
    )
    frame.to_csv(root / "towns.csv", index=False)
    frame.drop(columns="town").replace({"a": {2.0: np.inf}}).to_csv(root / "inf.csv", index=False)
    svc = {"class": "sklearn.svm.SVC"}
    check(file("towns.csv"), svc)
    reason, field, words = refusal(check, file("towns.csv"), svc, preprocess="none")
    assert (reason, field) == ("unsuitable_data", "dataset")
    assert "'town' ('Bern')" in words
    reason, field, words = refusal(check, file("inf.csv"))
    assert (reason, field) == ("unsuitable_data", "dataset")
    assert "infinite values in column 'a'" in words


def test_of_a_large_file_only_the_columns_are_looked_at(check: Check, root: Path) -> None:
    line = "1.5,7,1\n"  # one class: for the worker to find
    rows = CONTENT_CHECKED_UP_TO_BYTES // len(line) + 1
    (root / "large.csv").write_text("a,b,label\n" + line * rows)
    check(file("large.csv"))
    reason, field, words = refusal(check, file("large.csv", "lable"))
    assert (reason, field) == ("unknown_column", "dataset.target")
    assert "did you mean 'label'?" in words


def test_header_of_a_large_file_is_read_once_for_all_targets(check: Check, root: Path) -> None:
    names = [f"{'x' * 60}{n}" for n in range(CONTENT_CHECKED_UP_TO_COLUMNS + 1)]
    line = "1," * (len(names) - 1) + "1\n"
    (root / "wide.csv").write_text(",".join(names) + "\n" + line * 2)
    targets = names[-999:]
    started = time.thread_time()
    check({**file("wide.csv"), "target": targets}, RIDGE)
    reason, _, words = refusal(check, {**file("wide.csv"), "target": [*targets, "x"]}, RIDGE)
    assert time.thread_time() - started < 2.0
    assert reason == "unknown_column"
    assert "'x' is no column" in words


@pytest.fixture(scope="module")
def checker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Checker]:
    folder = tmp_path_factory.mktemp("checker")
    data_dir = DataDirectory(folder / "progress")
    data_dir.ensure()
    root = folder / "root"
    root.mkdir()
    values = np.random.default_rng(0).normal(size=(35_000, 11)).round(10)
    frame = pd.DataFrame(values).assign(label=np.arange(35_000) % 3)
    frame.to_csv(root / "just_under.csv", index=False)
    assert 0.5 < (root / "just_under.csv").stat().st_size / CONTENT_CHECKED_UP_TO_BYTES < 1
    with Checker(data_dir, root, startup_timeout_s=60 * SCALE) as found:
        yield found


def test_checking_process_starts_with_the_first_request_and_is_quick_from_then_on(
    checker: Checker,
) -> None:
    checker.check(request(bundled("iris")))
    pid = checker.pid
    for wanted in (request(bundled("digits"), scoring="f1_macro"), request(file("just_under.csv"))):
        checker.check(wanted)
        fastest = min(_seconds(checker, wanted) for _ in range(5))
        assert fastest < 0.1 * SCALE
    assert checker.pid == pid


def _seconds(checker: Checker, wanted: RunRequest) -> float:
    started = time.monotonic()
    checker.check(wanted)
    return time.monotonic() - started


def test_refusal_crosses_the_process_as_it_was(checker: Checker) -> None:
    wanted = request(bundled("iris"), {**FOREST, "params": {"max_depth": 0}})
    assert refusal(checker.check, wanted) == (
        "invalid_parameter",
        "estimator.params.max_depth",
        "estimator.params.max_depth: The 'max_depth' parameter of RandomForestClassifier must be "
        "an int in the range [1, inf) or None. Got 0 instead.",
    )


def test_checking_process_that_was_killed_is_started_again(checker: Checker) -> None:
    checker.check(request(bundled("iris")))
    pid = checker.pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
    checker.check(request(bundled("iris")))
    assert checker.pid not in (None, pid)


def test_request_does_not_wait_for_a_slow_check_of_another(checker: Checker) -> None:
    checker.check(request(bundled("iris")))
    assert checker.pid is not None
    os.kill(checker.pid, signal.SIGSTOP)
    with ThreadPoolExecutor(1) as pool:
        try:
            slow = pool.submit(checker.check, request(bundled("wine")))
            time.sleep(0.1)
            checker.check(request(bundled("digits")))
            assert _seconds(checker, request(bundled("digits"))) < 0.5 + 0.2 * SCALE
            assert not slow.done()
        finally:
            os.kill(checker.pid, signal.SIGCONT)
        slow.result(30 * SCALE)


@pytest.mark.slow
def test_request_that_finds_both_processes_busy_is_told_so_soon(checker: Checker) -> None:
    checker.check(request(bundled("iris")))
    os.kill(checker.pid or 0, signal.SIGSTOP)
    spare = checker._spare
    with ThreadPoolExecutor(2) as pool:
        try:
            slow = [pool.submit(checker.check, request(bundled("wine")))]
            time.sleep(0.1)
            checker.check(request(bundled("digits")))
            os.kill(spare.pid or 0, signal.SIGSTOP)
            slow.append(pool.submit(checker.check, request(bundled("wine"))))
            time.sleep(1.0)
            started = time.monotonic()
            with pytest.raises(Unavailable, match="busy; ask again") as told:
                checker.check(request(bundled("digits")))
            assert time.monotonic() - started < 6.5 + SCALE
            assert told.value.retryable
            checker._estimators = None  # as if nobody had asked before
            with pytest.raises(Unavailable):
                checker.estimators()
        finally:
            for pid in (checker.pid, spare.pid):
                os.kill(pid or 0, signal.SIGCONT)
        for answer in slow:
            answer.result(30 * SCALE)


@pytest.mark.slow
def test_target_that_a_million_columns_do_not_hold_is_refused_soon(
    check: Check, root: Path
) -> None:
    for count in (300_000, 1_000_000):
        names = b",".join(b"c%d" % number for number in range(count - 1)) + b", Last "
        rows = (b",".join([b"1"] * count) + b"\n") * 3
        (root / "wide.csv").write_bytes(names + b"\n" + rows)
        started = time.process_time()
        reason, field, told = refusal(check, file("wide.csv", "y"))
        assert (reason, field) == ("unknown_column", "dataset.target")
        assert "did you mean" not in told
        assert "did you mean ' Last '?" in refusal(check, file("wide.csv", "last"))[2]
        assert "did you mean 'c77'?" in refusal(check, file("wide.csv", "c-77"))[2]
        check(file("wide.csv", "c5"))
        assert time.process_time() - started < 10.0


def test_lists_what_can_be_named(checker: Checker) -> None:
    assert {"name": "digits", "rows": 1797, "columns": 64, "task": "classification"} in (
        checker.datasets()
    )
    listed = checker.estimators()
    assert FOREST["class"] in {found["class"] for found in listed}
    assert all(set(found) == {"class", "task", "params"} for found in listed)


def test_closed_checker_says_so(data_dir: DataDirectory, root: Path) -> None:
    checker = Checker(data_dir, root)
    checker.close()
    with pytest.raises(Unavailable):
        checker.check(request(bundled("iris")))
