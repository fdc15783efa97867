"""One way in to every source: a request's ``dataset`` made into rows with their targets."""

from __future__ import annotations

import pickle
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...core.articles import with_article
from ...core.datasets import DATASETS
from ...errors import FileNotReadable, InvalidRequest, UnknownDataset
from ..catalogue import dataset_names, load_dataset
from ..data_path import data_path
from ..uploads import Uploads
from .called import call
from .files import read_frame
from .mapped import map_array, map_object
from .npz import read_npz
from .table import Table, make_table, split_columns


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
        return LoadedData(split_columns(frame, dataset, "dataset"))
    if source == "upload":
        return _handed_over(dataset, uploads)
    if source == "load":
        return LoadedData(call(uploads.path(dataset["id"]), dataset))
    raise InvalidRequest("dataset.source", f"is {source!r}; expected one of {', '.join(DATASETS)}")


def _bundled(name: str) -> Table:
    if name not in dataset_names():
        raise UnknownDataset("dataset.name", f"{name!r} is not bundled with scikit-learn")
    X, y = load_dataset(name)
    return make_table(X, y, "dataset")


def _handed_over(dataset: dict[str, Any], uploads: Uploads) -> LoadedData:
    tables = {
        key: _upload(uploads, dataset, key)
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
    for key in ("sample_weight", "groups"):
        if key in dataset:
            values = open_upload(uploads, dataset[key], f"dataset.{key}")
            table = table.with_column(key, values, f"dataset.{key}")
    return LoadedData(table, tables.get("validation"), tables.get("test"))


def _upload(uploads: Uploads, dataset: dict[str, Any], key: str) -> Table:
    field = f"dataset.{key}"
    path = uploads.path(dataset[key])
    kind = uploads.meta(dataset[key])["format"]
    targets = "y" if key == "id" else f"{key}_y"
    if targets in dataset:
        if kind not in ("npy", "mapped", "pickle"):
            raise InvalidRequest(f"dataset.{targets}", f"has no place beside a {kind} upload")
        X = open_upload(uploads, dataset[key], field)
        return make_table(X, open_upload(uploads, dataset[targets], f"dataset.{targets}"), field)
    if kind in ("csv", "parquet", "arrow"):
        return split_columns(read_frame(path, field), dataset, "dataset")
    if kind == "npz":
        return make_table(*read_npz(path, field), field)
    if kind == "npy":
        raise InvalidRequest(
            f"dataset.{targets}", "is missing; expected the id of an upload of targets"
        )
    return _of_object(open_upload(uploads, dataset[key], field), dataset, field)


def open_upload(uploads: Uploads, upload_id: str, field: str) -> Any:
    """An array or an object that was handed over by itself."""
    path, kind = uploads.path(upload_id), uploads.meta(upload_id)["format"]
    if kind == "npy":
        return map_array(path, field)
    if kind == "mapped":
        return map_object(path, field)
    if kind == "pickle":
        return read_pickle(path)
    raise InvalidRequest(field, f"is {with_article(kind)} upload; expected an array (npy)")


def read_pickle(path: Path) -> Any:
    """Open what a notebook handed over; only in the user's own worker."""
    with path.open("rb") as file:
        return pickle.load(file)  # noqa: S301 - from the user's kernel


def _of_object(content: Any, dataset: dict[str, Any], field: str) -> Table:
    """What a notebook handed over: {"X", "y"}, or a frame that holds the target."""
    if isinstance(content, dict) and {"X", "y"} <= set(content):
        return make_table(content["X"], content["y"], field)
    if hasattr(content, "columns") and hasattr(content, "iloc"):
        return split_columns(content, dataset, "dataset")
    raise FileNotReadable(field, 'holds neither {"X": …, "y": …} nor a frame')
