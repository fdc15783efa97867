"""What a request names as uploads is of the right kind, and of a Python that can run it."""

from __future__ import annotations

import io
import pickle
import sys
from pathlib import Path
from typing import Any

import cloudpickle
import numpy as np
import pytest
from sklearn.ensemble import RandomForestClassifier

from jupyter_progress.core.requests import (
    Executor,
    OwnScorer,
    RunRequest,
    Split,
    check_run_request,
)
from jupyter_progress.errors import (
    DoesNotFit,
    FileNotReadable,
    InvalidRequest,
    UnknownUpload,
    UnsuitableData,
    UnsuitableEstimator,
)
from jupyter_progress.store.layout import DataDirectory
from jupyter_progress.training.handed_over import (
    estimator_to_bytes,
    own_python,
    python_of,
    read_handed_over,
)
from jupyter_progress.training.request_checks import RequestChecks
from jupyter_progress.training.sources.mapped import pack, pack_bytes
from jupyter_progress.training.uploads import Uploads

FOREST = {"class": "sklearn.ensemble.RandomForestClassifier", "params": {}}
X = np.random.default_rng(0).random((200, 4))
Y = np.arange(200) % 2


@pytest.fixture
def uploads(data_dir: DataDirectory) -> Uploads:
    return Uploads(data_dir)


def kept(uploads: Uploads, value: Any) -> str:
    return uploads.hand_over(pack(value))


def pickled(uploads: Uploads, value: Any) -> str:
    return uploads.hand_over(pack_bytes(estimator_to_bytes(value), "pickle"))


def check(uploads: Uploads, tmp_path: Path, *, max_rows: int | None = None, **asked: Any) -> None:
    request = check_run_request(RunRequest(**{"estimator": FOREST, **asked}))
    RequestChecks(uploads, tmp_path, ["sklearn"], max_rows=max_rows).check(request)


def rows(uploads: Uploads, **more: Any) -> dict[str, Any]:
    return {"source": "upload", "id": kept(uploads, X), "y": kept(uploads, Y), **more}


def test_rows_that_come_as_arrays_are_taken_and_looked_into(
    uploads: Uploads, tmp_path: Path
) -> None:
    given = {"sample_weight": kept(uploads, 1.0 + Y), "groups": kept(uploads, np.arange(200) // 5)}
    own = {"validation": kept(uploads, X[:50]), "validation_y": kept(uploads, Y[:50])}
    check(uploads, tmp_path, dataset=rows(uploads, **given))
    check(uploads, tmp_path, dataset=rows(uploads, **given, **own), split=Split(validation=0.0))
    for name, values, words in (
        ("sample_weight", -1.0 - Y, "dataset.sample_weight: has 200 negative"),
        ("sample_weight", np.ones(7), "has 7 values for 200 rows"),
        ("groups", np.zeros(200), "never divided"),
    ):
        with pytest.raises(UnsuitableData, match=words):
            check(uploads, tmp_path, dataset=rows(uploads, **{name: kept(uploads, values)}))
    with pytest.raises(UnsuitableData, match="200 rows and y has 50"):
        check(uploads, tmp_path, dataset=rows(uploads) | {"y": kept(uploads, Y[:50])})


def test_uploads_of_another_kind_are_refused(uploads: Uploads, tmp_path: Path) -> None:
    csv = str(uploads.add("csv", b"a,b\n1,2\n")["id"])
    cases: list[tuple[dict[str, Any], str]] = [
        ({"dataset": rows(uploads, sample_weight=csv)}, "expected an array"),
        ({"dataset": rows(uploads) | {"y": csv}}, "dataset.y: is a csv upload"),
        ({"dataset": rows(uploads) | {"target": "a"}}, "beside y"),
        ({"dataset": rows(uploads, groups=kept(uploads, Y), groups_column="g")}, "groups_column"),
        ({"dataset": rows(uploads, test_y=kept(uploads, Y))}, "dataset.test: is missing"),
        ({"dataset": {"source": "upload", "id": kept(uploads, X)}}, "dataset.y: is missing"),
        ({"dataset": {"source": "upload", "id": csv, "y": kept(uploads, Y)}}, "beside a csv"),
        ({"dataset": {"source": "load", "id": csv}}, "dataset.id: .* expected a pickle"),
        ({"dataset": rows(uploads), "estimator": {"upload": csv}}, "a pickle of an estimator"),
        (
            {"dataset": rows(uploads), "scoring": OwnScorer(upload=csv, name="own")},
            "scoring.upload: .* a pickle of a scorer",
        ),
    ]
    for asked, words in cases:
        with pytest.raises(InvalidRequest, match=words):
            check(uploads, tmp_path, **asked)
    with pytest.raises(UnknownUpload):
        check(uploads, tmp_path, dataset=rows(uploads, groups="0" * 32))


def test_array_that_was_cut_is_refused(uploads: Uploads, tmp_path: Path) -> None:
    dataset = rows(uploads)
    path = uploads.path(dataset["id"])
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(FileNotReadable, match="cannot be read: it is cut off"):
        check(uploads, tmp_path, dataset=dataset)


def test_more_rows_than_are_allowed_are_refused(uploads: Uploads, tmp_path: Path) -> None:
    check(uploads, tmp_path, dataset=rows(uploads), max_rows=200)
    with pytest.raises(DoesNotFit, match="has 200 rows; at most 199"):
        check(uploads, tmp_path, dataset=rows(uploads), max_rows=199)
    (tmp_path / "a.csv").write_text("a,y\n" + "1,0\n2,1\n" * 40)
    named = {"source": "file", "path": "a.csv", "target": "y"}
    with pytest.raises(DoesNotFit, match="has 80 rows"):
        check(uploads, tmp_path, dataset=named, max_rows=79)


# As of a notebook: pickled with its code.
NOTEBOOK: dict[str, Any] = {"__name__": "__main__", "Forest": RandomForestClassifier}
exec("class Own(Forest):\n    def score(self, X, y):\n        return 0.5", NOTEBOOK)
Own = NOTEBOOK["Own"]


def other_python() -> str:
    return f"3.{sys.version_info.minor + 1}"


def from_another_python(value: Any) -> bytes:
    """As a kernel of the next Python hands it over."""
    content = estimator_to_bytes(value)
    file = io.BytesIO(content)
    head = pickle.load(file)
    assert head["python"] == own_python()
    return pickle.dumps({**head, "python": other_python()}) + content[file.tell() :]


def test_code_of_another_python_is_refused_before_it_is_opened(
    uploads: Uploads, tmp_path: Path
) -> None:
    foreign = uploads.hand_over(pack_bytes(from_another_python(Own()), "pickle"))
    dataset = rows(uploads)
    words = rf"estimator.upload: was pickled by Python {other_python()} .* Python {own_python()}"
    for executor in (None, Executor(python=sys.executable)):
        with pytest.raises(UnsuitableEstimator, match=words):
            check(
                uploads, tmp_path, dataset=dataset, estimator={"upload": foreign},
                executor=executor,
            )  # fmt: skip
    own = pickled(uploads, Own())
    check(uploads, tmp_path, dataset=dataset, estimator={"upload": own})
    # The worker, which may come to it by another way, says it too.
    content = io.BytesIO(uploads.path(foreign).read_bytes())
    with pytest.raises(UnsuitableEstimator, match=other_python()):
        read_handed_over(content)


def test_python_is_told_of_code_alone_and_nothing_is_run(uploads: Uploads) -> None:
    def version(content: bytes) -> str | None:
        return python_of(uploads.path(uploads.hand_over(pack_bytes(content, "pickle"))))

    assert version(estimator_to_bytes(RandomForestClassifier())) is None
    assert version(estimator_to_bytes(Own())) == own_python()

    class Bomb:
        def __reduce__(self) -> Any:
            return (pytest.fail, ("it was run",))

    assert version(pickle.dumps({"python": "3.1", "cells": []})) == "3.1"
    assert version(cloudpickle.dumps(Bomb())) is None
    for nonsense in (b"no pickle", b"\x80\x05", pickle.dumps([1]), pickle.dumps({"python": 3})):
        assert version(nonsense) is None
