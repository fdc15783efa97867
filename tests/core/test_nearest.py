"""Names that are not known, and the known ones that were meant."""

from __future__ import annotations

import pytest

from jupyter_progress.core.nearest import nearest

SCORERS = ["jaccard", "balanced_accuracy", "accuracy", "f1", "f1_macro", "roc_auc_ovr", "roc_auc"]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("acc", "accuracy"),
        ("Accuracy", "accuracy"),
        ("accuracy_score", "accuracy"),
        ("acuracy", "accuracy"),
        ("balanced accuracy", "balanced_accuracy"),
        ("balanced-acc", "balanced_accuracy"),
        ("f1_mac", "f1_macro"),
        ("roc", "roc_auc"),
        ("auc", "roc_auc"),
        ("a", None),
        ("", None),
        ("something else", None),
    ],
)
def test_beginning_counts_before_likeness(written: str, meant: str | None) -> None:
    assert nearest(written, SCORERS) == meant


def test_name_is_given_back_as_it_is_known() -> None:
    assert nearest("label", ["id", " Label"]) == " Label"
    assert nearest("LABEL", ["Label", "label"]) == "Label"


def test_very_long_name_is_not_compared_to_its_end() -> None:
    assert nearest("x" * 10_000_000, SCORERS) is None
