"""Files that are damaged, mislabelled, packed or strange: refused in words, or trained on."""

from __future__ import annotations

import io
import re
import resource
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from jupyter_progress.core.reading_requests import read_request
from jupyter_progress.core.requests import RunRequest, check_run_request
from jupyter_progress.errors import ProgressError, UnsuitableData
from jupyter_progress.store.layout import DataDirectory
from jupyter_progress.training.launch import start_keeper
from jupyter_progress.training.request_checks import RequestChecks
from jupyter_progress.training.uploads import Uploads

from .runs import digits, submit, train_here, upload, wait_for_end

TREE = "sklearn.tree.DecisionTreeClassifier"
RIDGE = "sklearn.linear_model.Ridge"
ROWS = "".join(f"{i},{i % 7},{'a' if i % 2 else 'b'}\n" for i in range(60))
X, Y = np.random.default_rng(0).random((60, 3)), np.arange(60) % 2


def check(data_dir: DataDirectory, root: Path, body: Any) -> None:
    request = check_run_request(read_request(body, RunRequest))
    RequestChecks(Uploads(data_dir), root, ("sklearn",)).check(request)


def refusal(data_dir: DataDirectory, root: Path, dataset: Any, **more: Any) -> ProgressError:
    body = {"dataset": dataset, "estimator": {"class": more.pop("cls", TREE)}, **more}
    with pytest.raises(ProgressError) as refused:
        check(data_dir, root, body)
    assert refused.value.status == 400
    told = str(refused.value)
    assert "\n" not in told
    assert len(told) < 700
    for inside in ("np.", "array(", "allow_pickle", str(root), "Traceback"):
        assert inside not in told, told
    return refused.value


@pytest.mark.parametrize(
    ("content", "reason", "told"),
    [
        (b"x1,label\n\xe9,a\n", "file_not_readable", "save it as CSV in UTF-8"),
        (b"\x1f\x8b\x08\0\0", "file_not_readable", "no text in UTF-8"),
        (b"a,label\n1,2\n1,2,3\n", "file_not_readable", "Expected 2 fields in line 3, saw 3"),
        (f'x1,x2,label\n1,"2,a\n{ROWS}', "file_not_readable", "EOF inside string"),
        (f"x1;x2;label\n{ROWS.replace(',', ';')}", "unknown_column", "not ';'"),
        (f"x1,x2, Label\n{ROWS}", "unknown_column", "did you mean ' Label'?"),
        ("x,label\n" + "1,1\n" * 9, "unsuitable_data", "one class only (1)"),
        ("x,label\n" + "1,\n" * 9, "unsuitable_data", "missing in every row"),
        ("x,label\n1,inf\n" + "1,0\n2,1\n" * 9, "unsuitable_data", "infinite in 1 of 19 rows"),
    ],
)
def test_csv_that_cannot_be_used_is_refused_in_words(
    data_dir: DataDirectory, tmp_path: Path, content: bytes | str, reason: str, told: str
) -> None:
    raw = content if isinstance(content, bytes) else content.encode()
    (tmp_path / "data.csv").write_bytes(raw)
    dataset = {"source": "file", "path": "data.csv", "target": "label"}
    error = refusal(data_dir, tmp_path, dataset)
    assert error.reason == reason
    assert told in str(error)


def test_regressor_is_told_the_first_target_that_is_no_number(
    data_dir: DataDirectory, tmp_path: Path
) -> None:
    (tmp_path / "data.csv").write_text("x,label\n" + "1,2\n" * 9 + "1,many\n")
    moments = pd.DataFrame({"x": range(9), "label": pd.date_range("2020", periods=9)})
    moments.to_parquet(tmp_path / "moments.parquet")
    for path, found in (("data.csv", "'many'"), ("moments.parquet", "2020-01-01")):
        dataset = {"source": "file", "path": path, "target": "label"}
        assert f"found {found}" in str(refusal(data_dir, tmp_path, dataset, cls=RIDGE))


def test_parquet_that_is_cut_off_or_holds_lists_as_targets_is_refused(
    data_dir: DataDirectory, tmp_path: Path
) -> None:
    lists = pd.DataFrame({"x": range(9), "label": [[1]] * 9})
    lists.to_parquet(tmp_path / "lists.parquet")
    whole = (tmp_path / "lists.parquet").read_bytes()
    (tmp_path / "half.parquet").write_bytes(whole[: len(whole) // 2])
    for path, reason in (("lists", "unsuitable_data"), ("half", "file_not_readable")):
        dataset = {"source": "file", "path": f"{path}.parquet", "target": "label"}
        assert refusal(data_dir, tmp_path, dataset).reason == reason


def npz(**arrays: Any) -> bytes:
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)
    return buffer.getvalue()


def npz_claiming(shape: tuple[int, ...]) -> bytes:
    header, y, buffer = io.BytesIO(), io.BytesIO(), io.BytesIO()
    facts = {"descr": "<f8", "fortran_order": False, "shape": shape}
    np.lib.format.write_array_header_1_0(header, facts)
    np.save(y, Y)
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("X.npy", header.getvalue())
        archive.writestr("y.npy", y.getvalue())
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"no archive", "is no .npz file"),
        (npz(X=X, y=Y)[:500], "is no .npz file"),
        (npz(X=X), "holds X; expected the arrays X and y"),
        (npz(X=np.array([[1, {}]], dtype=object), y=Y[:1]), "X holds Python objects"),
        (npz_claiming((10**15, 2)), "X is cut off"),
        (npz(X=X[:, :, None], y=Y), "X has 3 dimensions"),
        (npz(X=X, y=Y * np.nan), "missing in every row"),
        (npz(X=X, y=Y * 1j), "complex128"),
        (npz(X=X * 1j, y=Y), "X is of type complex128; expected numbers or text"),
    ],
)
def test_npz_that_cannot_be_used_is_refused_in_words(
    data_dir: DataDirectory, tmp_path: Path, content: bytes, told: str
) -> None:
    handed = Uploads(data_dir).add("npz", content)
    assert told in str(refusal(data_dir, tmp_path, {"source": "upload", "id": handed["id"]}))


def test_file_that_only_ends_like_parquet_is_refused_as_such(
    data_dir: DataDirectory, tmp_path: Path
) -> None:
    (tmp_path / "bin.parquet").write_bytes(np.random.default_rng(0).bytes(3000))
    dataset = {"source": "file", "path": "bin.parquet", "target": "label"}
    refused = refusal(data_dir, tmp_path, dataset)
    assert refused.reason == "file_not_readable"
    assert "bin.parquet is no Parquet file: it does not begin with PAR1" in str(refused)


@pytest.mark.parametrize("cell", [[1, 2], {"x": 1}], ids=["list", "struct"])
def test_parquet_with_several_values_in_a_cell_is_refused_by_its_column(
    data_dir: DataDirectory, tmp_path: Path, cell: Any
) -> None:
    frame = pd.DataFrame({"a": [cell] * 60, "label": [0, 1] * 30})
    frame.to_parquet(tmp_path / "nested.parquet")
    dataset = {"source": "file", "path": "nested.parquet", "target": "label"}
    refused = refusal(data_dir, tmp_path, dataset)
    assert refused.reason == "unsuitable_data"
    assert "more than one value in a cell in column 'a'" in str(refused)


def test_packed_file_that_would_unpack_to_gigabytes_is_left_to_the_worker(
    data_dir: DataDirectory, tmp_path: Path
) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("X.npy", "y.npy"):
            archive.writestr(name, bytes(40 << 20))
    handed = Uploads(data_dir).add("npz", buffer.getvalue())
    dataset = {"source": "upload", "id": handed["id"]}
    check(data_dir, tmp_path, {"dataset": dataset, "estimator": {"class": TREE}})


@pytest.mark.parametrize(
    ("executor", "field"),
    [
        ({"python": "/x" * 3000}, "executor.python"),
        ({"python": "/bin\0"}, "executor.python"),
        ({"cwd": "/x" * 3000}, "executor.cwd"),
        ({"cwd": "relative"}, "executor.cwd"),
        ({"sys_path": ["a\0"]}, "executor.sys_path[0]"),
        ({"sys_path": ["x" * 100] * 1000}, "executor.sys_path"),
    ],
)
def test_executor_that_cannot_be_is_refused(
    data_dir: DataDirectory, tmp_path: Path, executor: Any, field: str
) -> None:
    iris = {"source": "sklearn", "name": "iris"}
    assert refusal(data_dir, tmp_path, iris, executor=executor).field == field


@pytest.mark.parametrize(
    ("columns", "told"),
    [
        (["a", "a", "b"], "several columns are called 'a'"),
        ([1, "1", 2.5], "mixed types (float, int, str)"),
        ([("a", 1), None, "x"], "mixed types"),
    ],
)
def test_frame_with_columns_of_one_name_or_of_mixed_types_is_refused(
    data_dir: DataDirectory, columns: list[Any], told: str
) -> None:
    given = upload(data_dir, {"X": pd.DataFrame(X, columns=columns), "y": Y})
    with pytest.raises(UnsuitableData, match=re.escape(told)):
        train_here(data_dir, digits(TREE, dataset={"source": "upload", "id": given}))


@pytest.mark.timeout(60)
def test_frame_with_strange_names_is_trained_on(data_dir: DataDirectory) -> None:
    frame = pd.DataFrame(X, columns=["", " ", "\u202e"])
    frame[" "] = ["u", "v", None] * 20
    given = upload(data_dir, {"X": frame, "y": Y})
    run = train_here(data_dir, digits(TREE, dataset={"source": "upload", "id": given}))
    assert (run.model_dir / "manifest.json").exists()


@pytest.mark.slow
@pytest.mark.timeout(90)
def test_run_whose_directory_cannot_be_written_any_more_says_so(
    data_dir: DataDirectory, scaled: Any
) -> None:
    run = submit(data_dir, digits(params={"n_estimators": 300, "random_state": 0}))
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (6_000, limits[1]))
    try:
        start_keeper(run, data_dir)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    state = wait_for_end(run, scaled(45))
    assert state.status == "failed"
    assert state.error is not None
    assert state.error["reason"] == "disk_full"
    assert "File too large" in state.error["message"]
    assert "space" in state.error["hint"]
