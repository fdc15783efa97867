"""One way in to every source: a request's ``dataset`` made into rows with their targets."""

from __future__ import annotations

import pickle
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...errors import FileNotReadable, InvalidRequest, UnknownDataset
from ..catalogue import dataset_names, load_dataset
from ..data_path import data_path
from ..uploads import Uploads
from .files import read_frame
from .npz import read_npz
from .table import Table, make_table, split_target


@dataclass(frozen=True)
class LoadedData:
    """What a run's ``dataset`` holds.

    Parameters
    ----------
    table
        The rows to learn from; the split takes its shares from them.
    validation, test
        Rows of the user's own for these ends, or None.
    """

    table: Table
    validation: Table | None = None
    test: Table | None = None


def load(dataset: dict[str, Any], uploads: Uploads, root: Path) -> LoadedData:
    """Load a run's data.

    Parameters
    ----------
    dataset
        As in ``POST runs``.
    uploads
        The data directory's uploads.
    root
        What a file's path is relative to, and must not lead out of.

    Raises
    ------
    InvalidRequest
        The source, a file or a column is not as the request says.
    """
    source = dataset["source"]
    if source == "sklearn":
        return LoadedData(_bundled(dataset["name"]))
    if source == "file":
        # Checked again, for the file may have become a link since: where it leads is not the
        # business of whoever asked for the run.
        frame = read_frame(data_path(dataset["path"], root), "dataset.path")
        return LoadedData(split_target(frame, dataset.get("target"), "dataset"))
    if source == "upload":
        return _handed_over(dataset, uploads)
    raise InvalidRequest("dataset.source", f"is {source!r}; expected sklearn, file or upload")


def _bundled(name: str) -> Table:
    if name not in dataset_names():
        raise UnknownDataset("dataset.name", f"{name!r} is not bundled with scikit-learn")
    X, y = load_dataset(name)
    return make_table(X, y, "dataset")


def _handed_over(dataset: dict[str, Any], uploads: Uploads) -> LoadedData:
    target = dataset.get("target")
    tables = {
        key: _upload(uploads, dataset[key], target, f"dataset.{key}")
        for key in ("id", "validation", "test")
        if key in dataset
    }
    table = tables["id"]
    for key in ("validation", "test"):
        if key in tables and tables[key].columns != table.columns:
            raise InvalidRequest(
                f"dataset.{key}",
                f"has {tables[key].columns} columns; the training rows have {table.columns}",
            )
    return LoadedData(table, tables.get("validation"), tables.get("test"))


def _upload(uploads: Uploads, upload_id: str, target: str | None, field: str) -> Table:
    path = uploads.path(upload_id)
    kind = uploads.meta(upload_id)["format"]
    if kind in ("csv", "parquet"):
        return split_target(read_frame(path, field), target, "dataset")
    if kind == "npz":
        return make_table(*read_npz(path, field), field)
    return _pickled(path, target, field)


def read_pickle(path: Path) -> Any:
    """Open what a notebook handed over; only in the user's own worker."""
    with path.open("rb") as file:
        return pickle.load(file)  # noqa: S301 - from the user's kernel


def _pickled(path: Path, target: str | None, field: str) -> Table:
    """Open what a notebook handed over: {"X", "y"}, or a frame that holds the target."""
    content = read_pickle(path)
    if isinstance(content, dict) and {"X", "y"} <= set(content):
        return make_table(content["X"], content["y"], field)
    if hasattr(content, "columns") and hasattr(content, "iloc"):
        return split_target(content, target, "dataset")
    raise FileNotReadable(field, 'holds neither {"X": …, "y": …} nor a frame')
