"""``split_data``: rows are held out for validation and test, and their places are kept."""

from __future__ import annotations

import os
from typing import Any

import msgspec
import numpy as np

from ..context import Context, Parts, take_rows
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
    indices = _kept(context) or split_rows(
        loaded.table.y, split, is_classifier=context.is_classifier
    )
    for warning in indices.warnings:
        context.finding("warning", warning)
    train = loaded.table.take(indices.train)
    context.parts = Parts(
        train=train,
        validation=loaded.validation or take_rows(loaded.table, indices.validation),
        test=loaded.test or take_rows(loaded.table, indices.test),
        stratified=indices.stratified,
    )
    context.with_room(lambda: _keep(context, indices))
    # The whole table is not needed any more; its size is, for the estimates.
    rows = {
        "train": train.rows,
        "validation": context.parts.validation.rows if context.parts.validation else 0,
        "test": context.parts.test.rows if context.parts.test else 0,
    }
    return rows


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
