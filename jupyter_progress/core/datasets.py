"""Where a run's rows come from, as ``POST runs`` names it: the types, and what they may hold."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal, TypeAlias

import msgspec

from ..errors import InvalidRequest
from .field_kinds import Text, UploadId, told
from .named_uploads import ROW_UPLOADS
from .names import shorten
from .reading_requests import check_keys, check_upload_id, json_kind

TARGETS_LIMIT: Final = 1000
#: The column to be predicted, or several.
Target: TypeAlias = (
    Text | Annotated[list[Text], told(minItems=1, maxItems=TARGETS_LIMIT, uniqueItems=True)]
)


class BundledDataset(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One of the data sets that scikit-learn brings."""

    source: Literal["sklearn"]
    name: Text


class FileDataset(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A CSV or Parquet file below the server's root directory."""

    source: Literal["file"]
    path: Text
    target: Target
    sample_weight_column: Text | msgspec.UnsetType = msgspec.UNSET
    groups_column: Text | msgspec.UnsetType = msgspec.UNSET


class UploadedDataset(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What ``POST uploads`` took; ``validation`` and ``test``: uploads with rows of one's own.

    ``y``, ``validation_y`` and ``test_y`` are targets that were handed over by themselves.
    """

    source: Literal["upload"]
    id: UploadId
    target: Target | msgspec.UnsetType = msgspec.UNSET
    y: UploadId | msgspec.UnsetType = msgspec.UNSET
    sample_weight: UploadId | msgspec.UnsetType = msgspec.UNSET
    groups: UploadId | msgspec.UnsetType = msgspec.UNSET
    sample_weight_column: Text | msgspec.UnsetType = msgspec.UNSET
    groups_column: Text | msgspec.UnsetType = msgspec.UNSET
    validation: UploadId | msgspec.UnsetType = msgspec.UNSET
    validation_y: UploadId | msgspec.UnsetType = msgspec.UNSET
    test: UploadId | msgspec.UnsetType = msgspec.UNSET
    test_y: UploadId | msgspec.UnsetType = msgspec.UNSET


class CalledDataset(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a function from a notebook, uploaded as a pickle, returns in the worker."""

    source: Literal["load"]
    id: UploadId
    target: Target | msgspec.UnsetType = msgspec.UNSET
    sample_weight_column: Text | msgspec.UnsetType = msgspec.UNSET
    groups_column: Text | msgspec.UnsetType = msgspec.UNSET


# What `RunRequest.dataset` can be, by its source.
DATASETS: Final[dict[str, type[msgspec.Struct]]] = {
    "sklearn": BundledDataset,
    "file": FileDataset,
    "upload": UploadedDataset,
    "load": CalledDataset,
}


def check_dataset(dataset: dict[str, Any]) -> None:
    """Check what a request says of its rows.

    Raises
    ------
    InvalidRequest
        With the path of the first field that is wrong.
    """
    source = dataset.get("source")
    if not isinstance(source, str) or source not in DATASETS:
        expected = ", ".join(repr(name) for name in DATASETS)
        raise InvalidRequest("dataset.source", f"is {source!r:.80}; expected one of {expected}")
    check_keys("dataset", dataset, DATASETS[source])
    for key, value in dataset.items():
        if key == "target" and isinstance(value, list):
            _check_several_targets(value)
            continue
        if not isinstance(value, str):
            several = " or a list of strings" if key == "target" else ""
            raise InvalidRequest(
                f"dataset.{key}", f"is {json_kind(value)}; expected a string{several}"
            )
        if not value:
            raise InvalidRequest(f"dataset.{key}", "is empty; expected some text")
    if source not in ("upload", "load"):
        return
    for key in ROW_UPLOADS:
        if key in dataset:
            check_upload_id(f"dataset.{key}", dataset[key])
    for part in ("validation", "test"):
        if f"{part}_y" in dataset and part not in dataset:
            raise InvalidRequest(f"dataset.{part}", f"is missing beside {part}_y")
    if "y" in dataset and "target" in dataset:
        raise InvalidRequest("dataset.target", "has no place beside y; expected one of the two")
    for key in ("sample_weight", "groups"):
        if key in dataset and f"{key}_column" in dataset:
            raise InvalidRequest(
                f"dataset.{key}", f"has no place beside {key}_column; expected one of the two"
            )


def _check_several_targets(names: list[Any]) -> None:
    """The columns of several targets: each is named once."""
    if not names:
        raise InvalidRequest("dataset.target", "is empty; expected the names of columns")
    if len(names) > TARGETS_LIMIT:
        raise InvalidRequest(
            "dataset.target",
            f"names {len(names):,} columns; at most {TARGETS_LIMIT:,} can be predicted at once",
        )
    seen: set[str] = set()
    for place, name in enumerate(names):
        field = f"dataset.target[{place}]"
        if not isinstance(name, str):
            raise InvalidRequest(field, f"is {json_kind(name)}; expected a string")
        if not name:
            raise InvalidRequest(field, "is empty; expected some text")
        if name in seen:
            raise InvalidRequest(field, f"names {shorten(repr(name), 80)} a second time")
        seen.add(name)
