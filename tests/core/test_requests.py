"""Hard input to the request types: each refusal names the field and what was expected."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from jupyter_progress.core.bodies import VALUES_LIMIT, read_json
from jupyter_progress.core.reading_requests import read_request
from jupyter_progress.core.requests import RunRequest, check_run_request
from jupyter_progress.errors import InvalidRequest, MalformedBody, UnknownKey

GOOD: dict[str, Any] = {
    "dataset": {"source": "sklearn", "name": "digits"},
    "estimator": {"class": "sklearn.svm.SVC"},
}


def check(**changes: Any) -> RunRequest:
    return check_run_request(read_request({**GOOD, **changes}, RunRequest))


def test_smallest_request_gets_the_defaults() -> None:
    request = check()
    assert request.split is not None
    assert (request.split.test, request.split.validation) == (0.2, 0.2)
    assert (request.preprocess, request.max_overhead, request.register_as) == ("auto", 0.03, None)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"\xff\xfe", "not UTF-8"),
        (b"{", "not JSON"),
        (b"", "not JSON"),
        (b'{"a": NaN}', "not JSON"),
        (b'{"a": Infinity}', "not JSON"),
        (b'{"a": 1e999}', "out of range"),
        (b"[" * 60 + b"]" * 60, "deep"),
        (b"[" * 52 + b"]" * 52, "more than 50 levels"),
        (b"[" * 100_000 + b"]" * 100_000, "deep"),
        (b'{"a": ' + b"9" * 400 + b"}", "out of range"),
        (b"[[], -" + b"9" * 400 + b"]", "out of range"),
        (b"[" * 200_002 + b"]" * 200_002, "more than 200,000 values"),
        (b"[" + b"1," * 200_000 + b"1]", "more than 200,000 values"),
        (b'["a,b",' + b'"",' * 200_000 + b"{}]", "more than 200,000 values"),
        (b'"' + b'\\"' * 300_000 + b"," * 300_000, "not JSON"),
    ],
)
def test_malformed_body_is_refused(body: bytes, words: str) -> None:
    with pytest.raises(MalformedBody, match=words):
        read_json(body)


def test_as_many_values_as_allowed_are_read_and_marks_in_texts_are_none() -> None:
    most = read_json(b"[" + b"[]," * (VALUES_LIMIT - 1) + b"[]]")
    assert len(most) == VALUES_LIMIT
    text = r"[{,\"" * 100_000
    assert read_json(json.dumps({"notes": [text, text]}).encode()) == {"notes": [text, text]}
    assert read_json(b"[" * 51 + b"]" * 51)


@pytest.mark.parametrize("shape", [b"[[],", b"[{},", b'["",', b'["\\"",', b'{"a":1,', b"[,"])
def test_counting_a_large_body_takes_no_longer_than_its_length(shape: bytes) -> None:
    hostile = shape * (1_000_000 // len(shape))
    started = time.thread_time()
    with pytest.raises(MalformedBody):
        read_json(hostile)
    assert time.thread_time() - started < 1.0


@pytest.mark.parametrize("body", [None, 1, "x", [GOOD], True])
def test_body_of_another_type_is_refused(body: Any) -> None:
    with pytest.raises(InvalidRequest, match="expected a JSON object"):
        read_request(body, RunRequest)


A_FILE = {"source": "file", "path": "a.csv"}


def test_most_targets_are_checked_in_no_time_and_more_are_refused_with_the_number() -> None:
    names = [f"{n}" for n in range(1000)]
    check(dataset={**A_FILE, "target": names})
    started = time.thread_time()
    with pytest.raises(InvalidRequest, match=r"names 50,000 columns; at most 1,000"):
        check(dataset={**A_FILE, "target": [f"{n}" for n in range(50_000)]})
    assert time.thread_time() - started < 1.0


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"dataset": None}, "dataset"),
        ({"dataset": {}}, "dataset.source"),
        ({"dataset": {"source": "web"}}, "dataset.source"),
        ({"dataset": {"source": ["sklearn"]}}, "dataset.source"),
        ({"dataset": {"source": "sklearn"}}, "dataset.name"),
        ({"dataset": {"source": "sklearn", "name": ""}}, "dataset.name"),
        ({"dataset": {"source": "sklearn", "name": 5}}, "dataset.name"),
        ({"dataset": {"source": "file", "path": "a.csv"}}, "dataset.target"),
        ({"dataset": {**A_FILE, "target": 5}}, "dataset.target"),
        ({"dataset": {**A_FILE, "target": []}}, "dataset.target"),
        ({"dataset": {**A_FILE, "target": ["a", 5]}}, "dataset.target[1]"),
        (
            {"dataset": {"source": "file", "path": "a.csv", "target": ["a", ""]}},
            "dataset.target[1]",
        ),
        (
            {"dataset": {"source": "file", "path": "a.csv", "target": ["a", "a"]}},
            "dataset.target[1]",
        ),
        ({"dataset": {**A_FILE, "target": [f"{n}" for n in range(1001)]}}, "dataset.target"),
        ({"dataset": {"source": "file", "path": ["a"], "target": ["a"]}}, "dataset.path"),
        ({"dataset": {"source": "upload", "id": "../../etc"}}, "dataset.id"),
        ({"estimator": "SVC"}, "estimator"),
        ({"estimator": {"class": "os.system; rm"}}, "estimator.class"),
        ({"estimator": {"class": "sklearn.svm.SVC", "params": [1]}}, "estimator.params"),
        ({"estimator": {"upload": 7}}, "estimator.upload"),
        ({"split": {"test": -0.1}}, "split.test"),
        ({"split": {"test": 1.0}}, "split.test"),
        ({"split": {"test": 0.5, "validation": 0.5}}, "split"),
        ({"split": {"test": "half"}}, "split.test"),
        ({"split": {"random_state": -1}}, "split.random_state"),
        ({"split": {"shuffle": False}}, "split.shuffle"),
        ({"name": ""}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"name": "a\x00b"}, "name"),
        ({"name": 5}, "name"),
        ({"tags": "demo"}, "tags"),
        ({"tags": ["a"] * 51}, "tags"),
        ({"tags": [""]}, "tags[0]"),
        ({"register_as": "../up"}, "register_as"),
        ({"register_as": "a/b"}, "register_as"),
        ({"max_overhead": 0}, "max_overhead"),
        ({"max_overhead": 2}, "max_overhead"),
        ({"preprocess": "scale"}, "preprocess"),
        ({"executor": {"python": 5}}, "executor.python"),
    ],
)
def test_wrong_field_is_named(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        check(**changes)
    assert caught.value.field == field
    assert len(str(caught.value)) < 500


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"datset": 1}, "datset"),
        ({"split": {"tst": 0.1}}, "split.tst"),
        ({"dataset": {"source": "sklearn", "name": "iris", "url": "x"}}, "dataset.url"),
        ({"estimator": {"class": "a.B", "kwargs": {}}}, "estimator.kwargs"),
    ],
)
def test_unknown_key_is_refused_with_what_is_known(changes: dict[str, Any], key: str) -> None:
    with pytest.raises(UnknownKey, match="expected") as caught:
        check(**changes)
    assert caught.value.field == key


def test_refusal_of_a_huge_value_stays_short() -> None:
    with pytest.raises(InvalidRequest) as caught:
        check(**json.loads(json.dumps({"k" * 10_000: 1})))
    assert len(str(caught.value)) < 500
