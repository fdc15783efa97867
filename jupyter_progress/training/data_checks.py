"""What a request's data holds, as far as it is read before the run: small files, and no pickles."""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import msgspec
import numpy as np

from ..core.named_uploads import PICKLED, named_uploads
from ..core.names import shorten
from ..core.nearest import nearest
from ..core.requests import RunRequest, Split
from ..errors import FileNotReadable, InvalidRequest, UnknownDataset, UnsuitableData
from . import findings
from .catalogue import dataset_names
from .data_path import data_path
from .features import Features, check_features, look_at
from .searching.kinds import search_in
from .sources import files as tables
from .sources import npz
from .sources.files import one_line
from .sources.header import csv_names
from .sources.load import LoadedData, load
from .sources.table import Table, no_column, target_names
from .splitting import split_rows
from .uploads import Uploads

CONTENT_CHECKED_UP_TO_BYTES = 8 * 2**20
CONTENT_CHECKED_UP_TO_COLUMNS = 20_000
UNPACKED_UP_TO_BYTES = 64 * 2**20

# Above this a split takes longer than a check may, and leaves no part empty.
_SPLIT_UP_TO_ROWS = 20_000
_KEPT = 32
_ARRAYS = (".npz", ".npy")


@dataclass(frozen=True)
class DataFacts:
    """What the checks need of loaded data, without its rows.

    Parameters
    ----------
    y
        Targets of the rows to learn from, of shape (rows,) or (rows, targets).
    columns
        How many there are to learn from.
    own
        Targets of the user's own ``validation`` and ``test`` rows, where there are some.
    features
        What rows hold that some estimators do not take: of the rows to learn from under ``""``, of
        the others under their names.
    groups
        What each row to learn from belongs to, of shape (rows,); None where they are no groups.
    """

    y: np.ndarray
    columns: int
    own: dict[str, np.ndarray]
    features: dict[str, Features]
    groups: np.ndarray | None = None


def facts_of(loaded: LoadedData) -> DataFacts:
    """What the checks need of rows."""
    parts = {"validation": loaded.validation, "test": loaded.test}
    own = {name: table for name, table in parts.items() if table is not None}
    return DataFacts(
        y=loaded.table.y,
        columns=loaded.table.columns,
        own={name: table.y for name, table in own.items()},
        features={name: look_at(table.X) for name, table in {"": loaded.table, **own}.items()},
        groups=loaded.table.groups,
    )


class DataReader:
    """Reads what a request's ``dataset`` names, once for as long as its files stay the same."""

    def __init__(self, uploads: Uploads, root: Path) -> None:
        self._uploads = uploads
        self._root = root
        self._known: OrderedDict[tuple[Any, ...], DataFacts] = OrderedDict()

    def read(self, dataset: dict[str, Any]) -> DataFacts | None:
        """Find out what the data holds.

        Returns
        -------
        DataFacts or None
            None where the data is too large to be read here, or a pickle.

        Raises
        ------
        InvalidRequest
            A subclass of it: a name, a path or a column is wrong, or a file cannot be read.
        UnknownUpload
        """
        source = dataset["source"]
        if source == "sklearn":
            return self._bundled(dataset)
        if source == "file":
            path = data_path(dataset["path"], self._root)
            return self._files({**dataset, "path": str(path)}, {"dataset.path": path})
        files = {
            field: self._uploads.path(upload)
            for field, upload in named_uploads({"dataset": dataset}).items()
        }
        if source == "load" or any(path.suffix[1:] in PICKLED for path in files.values()):
            return None
        if files["dataset.id"].suffix in (".npz", ".npy") and "target" in dataset:
            raise InvalidRequest("dataset.target", "has no place here: targets come as y")
        return self._files(dataset, files)

    def _bundled(self, dataset: dict[str, Any]) -> DataFacts:
        name, names = dataset["name"], dataset_names()
        if name not in names:
            near = nearest(name, names, cutoff=0.5)
            meant = f"did you mean {near!r}? " if near else ""
            raise UnknownDataset(
                "dataset.name",
                f"{shorten(repr(name), 80)} is no data set that comes with scikit-learn; "
                f"{meant}expected one of {', '.join(names)}",
            )
        return self._remember(("sklearn", name), lambda: self._load(dataset))

    def _files(self, dataset: dict[str, Any], files: dict[str, Path]) -> DataFacts | None:
        try:
            return self._read_files(dataset, files)
        except OSError as error:
            # It was there and could be read a moment ago, and somebody has changed that.
            field = next((key for key, path in files.items() if str(path) == error.filename), None)
            raise FileNotReadable(
                field or next(iter(files)), f"the file cannot be read: {error.strerror}"
            ) from None

    def _read_files(self, dataset: dict[str, Any], files: dict[str, Path]) -> DataFacts | None:
        stats = [path.stat() for path in files.values()]
        for field, path in files.items():
            if path.stat().st_size == 0:
                raise UnsuitableData(field, f"{path.name} is empty; expected rows of data")
        too_large = any(stat.st_size > CONTENT_CHECKED_UP_TO_BYTES for stat in stats)
        # A small file can be packed, and hold more than a check has the time and memory for.
        unpacked = sum(_unpacked_bytes(path) for path in files.values())
        if too_large or unpacked > UNPACKED_UP_TO_BYTES or any(map(_is_wide, files.values())):
            for field, path in files.items():
                _check_targets_of_large(path, target_names(dataset) or [None], field)
            return None
        marks = [(str(path), *_mark(path)) for path in files.values()]
        key = ("files", tuple(target_names(dataset)), *marks)
        return self._remember(key, lambda: self._load(dataset))

    def _load(self, dataset: dict[str, Any]) -> DataFacts:
        return facts_of(load(dataset, self._uploads, self._root))

    def _remember(self, key: tuple[Any, ...], find: Callable[[], DataFacts]) -> DataFacts:
        if key not in self._known:
            self._known[key] = find()
        self._known.move_to_end(key)
        while len(self._known) > _KEPT:
            self._known.popitem(last=False)
        return self._known[key]


def check_data(
    facts: DataFacts,
    request: RunRequest,
    task: str | None,
    estimator: Any = None,
    fields: Mapping[str, str] = MappingProxyType({}),
) -> None:
    """Refuse data that an estimator could not be fitted on, or not with this split.

    Parameters
    ----------
    facts
        From :meth:`DataReader.read`.
    request
        Its split is checked against the number of rows.
    task
        ``"classification"``, ``"regression"``, or None where the estimator is not known here.
    estimator
        Not fitted; None where it is not known here.
    fields
        How messages name ``y``, ``X``, ``validation`` and ``test``, where not as the wire does.

    Raises
    ------
    UnsuitableData
    """
    field = fields.get("y", "dataset.target" if "target" in request.dataset else "dataset")
    is_classifier = task == "classification"
    if task is not None:
        findings.check(_rows_of(facts.y, facts.columns), is_classifier=is_classifier, field=field)
        for name, y in facts.own.items():
            findings.check_targets(
                _rows_of(y, facts.columns),
                is_classifier=is_classifier,
                field=fields.get(name, f"dataset.{name}"),
            )
    if estimator is not None:
        for name, found in facts.features.items():
            where = fields.get(name or "X", f"dataset.{name}" if name else "dataset")
            check_features(found, estimator, request.preprocess, where, is_fitted_on=not name)
    if request.split is None or len(facts.y) > _SPLIT_UP_TO_ROWS:
        return
    taken = dict.fromkeys(facts.own, 0.0)
    split = request.split.settled(is_search=search_in(estimator) is not None)
    split = msgspec.structs.replace(split, **taken)
    _check_split(facts, split, is_classifier)


def _rows_of(y: np.ndarray, columns: int) -> Table:
    """Targets with rows that take no memory: the checks look at the targets alone."""
    return Table(np.broadcast_to(np.zeros(1), (len(y), columns)), y)


def _check_split(facts: DataFacts, split: Split, is_classifier: bool) -> None:
    y = facts.y
    indices = split_rows(y, split, is_classifier=is_classifier, groups=facts.groups)
    if is_classifier and len(np.unique(y[indices.train])) < 2:
        raise UnsuitableData(
            "split",
            f"leaves {len(indices.train):,} training rows of one class only; hold out fewer rows, "
            "or stratify",
        )


def _is_wide(path: Path) -> bool:
    """Whether a CSV file has so many columns that a frame of them takes a minute."""
    if path.suffix in _ARRAYS or path.stat().st_size < CONTENT_CHECKED_UP_TO_COLUMNS:
        return False
    with path.open("rb") as file:
        return (
            file.readline(CONTENT_CHECKED_UP_TO_BYTES).count(b",") >= CONTENT_CHECKED_UP_TO_COLUMNS
        )


def _check_targets_of_large(path: Path, targets: Sequence[str | None], field: str) -> None:
    """Of a file too large to be read here, look at the names of its columns only, and once."""
    names = _column_names(path, field)
    if names is None:
        return
    counts = Counter(names)
    for target in targets:
        if target is None or not (target in counts or _may_be_given_by_pandas(target, counts)):
            raise no_column(target, names, "dataset.target")


def _may_be_given_by_pandas(name: str, names: Counter[str]) -> bool:
    """Whether pandas may call a column so whose own name is empty, or is there twice."""
    first, _, number = name.rpartition(".")
    is_second = number.isdigit() and names[first] > 1
    return is_second or (name.startswith("Unnamed: ") and "" in names)


def _column_names(path: Path, field: str) -> list[str] | None:
    with path.open("rb") as file:
        magic = file.read(4)
    try:
        if magic == b"PAR1":
            from pyarrow import parquet

            return [str(name) for name in parquet.read_schema(path).names]
        if path.suffix in _ARRAYS:
            return None
        return csv_names(path)
    except ImportError:
        return None  # the interpreter that trains may have pyarrow
    except (OSError, ValueError) as error:
        raise FileNotReadable(field, f"{path.name} cannot be read: {one_line(error)}") from None


def _unpacked_bytes(path: Path) -> int:
    if path.suffix == ".npz":
        return npz.unpacked_bytes(path)
    with path.open("rb") as file:
        packed = file.read(4) == b"PAR1"
    return tables.unpacked_bytes(path) if packed else 0


def _mark(path: Path) -> tuple[int, int, int]:
    stat = path.stat()
    return stat.st_mtime_ns, stat.st_size, stat.st_ino
