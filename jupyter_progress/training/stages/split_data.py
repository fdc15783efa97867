"""``split_data``: rows are held out for validation and test, and their places are kept."""

from __future__ import annotations

import os
from typing import Any

import msgspec
import numpy as np

from ...errors import UnsuitableData
from ..context import Context, Parts, take_rows
from ..sources.table import Table
from ..splitting import Indices, split_rows


def run(context: Context) -> dict[str, Any]:
    """Divide the rows."""
    loaded = context.loaded
    assert loaded is not None
    split = context.split
    # Of what the user brings rows of their own for, nothing is taken from the others.
    if loaded.test is not None:
        split = msgspec.structs.replace(split, test=0.0)
    if loaded.validation is not None:
        split = msgspec.structs.replace(split, validation=0.0)
    table = loaded.table
    indices = _kept(context) or split_rows(
        table.y, split, is_classifier=context.is_classifier, groups=table.groups
    )
    for warning in indices.warnings:
        context.finding("warning", warning)
    context.parts = Parts(
        train=table.take(indices.train),
        validation=loaded.validation or take_rows(table, indices.validation),
        test=loaded.test or take_rows(table, indices.test),
        stratified=indices.stratified,
    )
    _check_weights(context.parts.train)
    context.with_room(lambda: _keep(context, indices))
    if table.groups is not None:
        _tell_groups(context, table.groups, indices)
    # The whole table is not needed any more: it would stand in memory beside its parts.
    context.loaded = None
    rows = {
        "train": context.parts.train.rows,
        "validation": context.parts.validation.rows if context.parts.validation else 0,
        "test": context.parts.test.rows if context.parts.test else 0,
    }
    return rows


def _check_weights(train: Table) -> None:
    """Refuse training rows of which none counts: they may all have been held out."""
    if train.sample_weight is not None and not train.sample_weight.any():
        raise UnsuitableData(
            "dataset.sample_weight", "is 0 for every row that was not held out; split otherwise"
        )


def _tell_groups(context: Context, groups: np.ndarray, indices: Indices) -> None:
    parts = {"train": indices.train, "validate": indices.validation, "test": indices.test}
    counts = [
        f"{len(np.unique(groups[places])):,} {verb}"
        for verb, places in parts.items()
        if len(places)
    ]
    context.finding(
        "info",
        f"Rows are divided by {len(np.unique(groups)):,} groups: {', '.join(counts)}. No group is "
        "in two parts; the classes' shares are not kept",
    )


def _kept(context: Context) -> Indices | None:
    """The places that an earlier attempt has drawn; None where this one draws them."""
    path = context.run.split_file
    if context.attempt.number == 1 or context.data_changed or not path.exists():
        return None
    with np.load(path, allow_pickle=False) as kept:
        if "stratified" not in kept:
            return None  # of a version that did not keep all of it
        test, validation = (bool(each) for each in kept["stratified"])
        return Indices(kept["train"], kept["validation"], kept["test"], (test, validation))


def _keep(context: Context, indices: Indices) -> None:
    path = context.run.split_file
    waiting = path.with_name(f".{path.name}")
    with waiting.open("wb") as file:
        np.savez_compressed(
            file,
            train=indices.train,
            validation=indices.validation,
            test=indices.test,
            stratified=indices.stratified,
        )
        file.flush()
        os.fsync(file.fileno())
    waiting.replace(path)
