"""Which rows train, validate and test: exactly what two calls of ``train_test_split`` give.

With groups, what two of ``GroupShuffleSplit`` give: no group is divided.

A split is of places, and ``train_test_split`` draws places from nothing but the number of rows and
the classes; so splitting ``np.arange(rows)`` gives the rows that splitting ``X, y`` would.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..core.requests import Split
from ..errors import UnsuitableData


@dataclass(frozen=True)
class Indices:
    """Places of rows in the loaded table.

    Parameters
    ----------
    stratified
        Whether the test split, and the validation split, kept the classes' shares.
    warnings
        Why one of them could not, in words for the activity feed.
    """

    train: np.ndarray
    validation: np.ndarray
    test: np.ndarray
    stratified: tuple[bool, bool]
    warnings: tuple[str, ...] = ()


def split_rows(
    y: np.ndarray, split: Split, *, is_classifier: bool, groups: np.ndarray | None = None
) -> Indices:
    """Draw the rows that are held out.

    Parameters
    ----------
    y
        Targets, of shape (rows,) or (rows, targets).
    split
        Both shares are of all rows, or of all groups; 0 means none.
    groups
        What each row belongs to, of shape (rows,); rows of one group stay together.

    Raises
    ------
    UnsuitableData
        There are too few rows to split.
    """
    if groups is not None:
        return _by_group(groups, split)
    stratify = split.stratify and split.shuffle and is_classifier
    warnings: list[str] = []
    rest, test, by_class = _part(
        np.arange(len(y)), y, split.test, split, stratify, "test", warnings
    )
    share = (split.validation or 0.0) / (1 - split.test)
    train, validation, by_class_too = _part(
        rest, y[rest], share, split, stratify, "validation", warnings
    )
    if len(train) < 1:
        raise UnsuitableData("split", "leaves no training rows")
    return Indices(train, validation, test, (by_class, by_class_too), tuple(warnings))


def _by_group(groups: np.ndarray, split: Split) -> Indices:
    rest, test = _groups_of(np.arange(len(groups)), groups, split.test, split, "test")
    share = split.validation / (1 - split.test)
    train, validation = _groups_of(rest, groups[rest], share, split, "validation")
    return Indices(train, validation, test, (False, False))


def _groups_of(
    places: np.ndarray, groups: np.ndarray, share: float, split: Split, part: str
) -> tuple[np.ndarray, np.ndarray]:
    from sklearn.model_selection import GroupShuffleSplit

    if share == 0:
        return places, places[:0]
    drawing = GroupShuffleSplit(1, test_size=share, random_state=split.random_state)
    try:
        kept, held_out = next(drawing.split(places, groups=groups))
    except ValueError:
        count = len(np.unique(groups))
        which = "1 group" if count == 1 else f"{count:,} groups"
        raise UnsuitableData(
            f"split.{part}",
            f"cannot be taken from {which}, which are never divided; expected more groups, or a "
            "smaller part held out",
        ) from None
    return places[kept], places[held_out]


def _part(
    places: np.ndarray,
    y: np.ndarray,
    share: float,
    split: Split,
    stratify: bool,
    part: str,
    warnings: list[str],
) -> tuple[np.ndarray, np.ndarray, bool]:
    from sklearn.model_selection import train_test_split

    if share == 0:
        return places, places[:0], False
    how: dict[str, Any] = {"test_size": share, "shuffle": split.shuffle}
    if split.shuffle:
        how["random_state"] = split.random_state
    if stratify:
        try:
            kept, held_out = train_test_split(places, stratify=y, **how)
            return kept, held_out, True
        except ValueError as error:
            words = str(error).split(".")[0]
            warnings.append(
                f"The {part} rows were drawn without regard to the classes, which could not be "
                f"shared out evenly: {words}"
            )
    try:
        kept, held_out = train_test_split(places, **how)
    except ValueError as error:
        raise UnsuitableData(
            f"split.{part}", f"cannot be taken from {len(places)} rows: {error}"
        ) from None
    return kept, held_out, False
