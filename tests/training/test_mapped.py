"""Rows come back from the file as they were: their values, their types, and how they lie."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from jupyter_progress.errors import FileNotReadable
from jupyter_progress.training.sources.mapped import map_array, map_object, pack

RNG = np.random.default_rng(0)
TABLE = RNG.random((300, 40))
FRAME = pd.DataFrame(TABLE, columns=[f"c{i}" for i in range(40)])


def written(value: Any, folder: Path) -> tuple[Path, str]:
    parcel = pack(value)
    path = folder / f"data.{parcel.format}"
    for _twice in range(2):
        path.write_bytes(b"".join(parcel.chunks()))
    assert path.stat().st_size == parcel.size_bytes
    return path, parcel.format


@pytest.mark.parametrize(
    "array",
    [
        TABLE,
        np.asfortranarray(TABLE),
        TABLE.astype(np.float32),
        TABLE[::2],
        TABLE[:, 3:17],
        np.asfortranarray(TABLE)[5:250:3],
        TABLE.T,
        RNG.integers(0, 9, 1000),
        np.array(["a", "bcd"] * 50),
        np.array([True, False] * 50),
        np.arange(20).astype("datetime64[D]"),
        TABLE.astype(">f8"),
        np.broadcast_to(np.float64(1.5), (300, 7)),
    ],
    ids=lambda a: f"{a.dtype}-{a.shape}-{a.strides}",
)
def test_array_is_read_as_it_was(array: np.ndarray, tmp_path: Path) -> None:
    path, format = written(array, tmp_path)
    assert format == "npy"
    found = map_array(path, "X")
    assert type(found) is np.ndarray
    assert found.dtype == array.dtype
    assert np.array_equal(found, array)
    assert np.array_equal(np.load(path), array)  # anybody can open it
    # Rows that are taken lie as those of the original would: results depend on it.
    taken = np.array([3, 1, 2])
    assert found[taken].strides == array[taken].strides


def test_what_is_written_to_a_mapped_array_stays_in_this_process(tmp_path: Path) -> None:
    path, _ = written(TABLE, tmp_path)
    found = map_array(path, "X")
    found[0, 0] = 99.0
    assert np.load(path)[0, 0] == TABLE[0, 0]


@pytest.mark.parametrize(
    "frame",
    [
        FRAME,
        pd.concat([FRAME, pd.DataFrame({"n": range(300), "t": ["a", None, "b"] * 100})], axis=1),
        FRAME.astype({"c0": "float32", "c1": "int8"}).set_index("c2"),
        FRAME.assign(k=pd.Categorical(["x", "y", None] * 100), w=pd.array([1, None, 3] * 100)),
        FRAME.assign(d=pd.Timestamp("2026-01-01", tz="UTC")),
        FRAME["c0"],
    ],
    ids=["one block", "text", "index", "extension", "dates", "series"],
)
def test_frame_is_read_as_it_was_with_its_blocks(frame: Any, tmp_path: Path) -> None:
    path, format = written(frame, tmp_path)
    assert format == "mapped"
    found = map_object(path, "X")
    if isinstance(frame, pd.Series):
        pd.testing.assert_series_equal(found, frame)
        return
    pd.testing.assert_frame_equal(found, frame)
    taken, same = found.iloc[[3, 1, 2]], frame.iloc[[3, 1, 2]]
    numbers = frame.select_dtypes("float64").columns
    assert taken[numbers].to_numpy().strides == same[numbers].to_numpy().strides
    # The numbers are in the file, not copied out of it.
    whole = found[numbers[0]].to_numpy()
    assert not whole.flags.owndata


@pytest.mark.parametrize("format", ["csr", "csc", "coo", "bsr", "dia", "lil", "dok"])
@pytest.mark.parametrize("kind", [sparse.csr_matrix, sparse.csr_array])
def test_sparse_matrix_is_read_as_it_was(format: str, kind: Any, tmp_path: Path) -> None:
    matrix = kind(sparse.random(60, 30, 0.3, random_state=0)).asformat(format)
    path, _ = written(matrix, tmp_path)
    found = map_object(path, "X")
    assert type(found) is type(matrix)
    assert (found != matrix).nnz == 0


@pytest.mark.parametrize("value", [TABLE, FRAME], ids=["npy", "mapped"])
@pytest.mark.parametrize("kept", [0.0, 0.001, 0.5, 0.999])
def test_file_that_was_cut_is_told(value: Any, kept: float, tmp_path: Path) -> None:
    path, format = written(value, tmp_path)
    path.write_bytes(path.read_bytes()[: int(kept * path.stat().st_size)])
    read = map_array if format == "npy" else map_object
    with pytest.raises(FileNotReadable, match=r"^X: "):
        read(path, "X")


@pytest.mark.parametrize("read", [map_array, map_object])
def test_foreign_file_is_told_and_not_opened(read: Any, tmp_path: Path) -> None:
    path = tmp_path / "data"
    for content in (b"PAR1 and so on" * 20, pickle.dumps([1]), b"JPMAPPED\x10" + b"\0" * 99):
        path.write_bytes(content)
        with pytest.raises(FileNotReadable):
            read(path, "X")
    np.save(tmp_path / "objects.npy", np.array([{}, None]), allow_pickle=True)
    with pytest.raises(FileNotReadable, match="X: "):
        read(tmp_path / "objects.npy", "X")
