"""2.0 is read where a whole number is expected, 2.5 is not, and parameters stay as they are."""

from __future__ import annotations

import pytest

from jupyter_progress.core.reading_requests import read_request
from jupyter_progress.core.requests import DeployRequest, RunRequest, SkipRequest
from jupyter_progress.core.whole_numbers import made_whole
from jupyter_progress.errors import InvalidRequest

RUN = {
    "dataset": {"source": "sklearn", "name": "digits"},
    "estimator": {"class": "sklearn.svm.SVC", "params": {"C": 1.0}},
}


def test_whole_number_with_a_fraction_of_zero_is_one() -> None:
    assert read_request({"candidate": 489.0}, SkipRequest).candidate == 489
    assert read_request({"version": 2.0}, DeployRequest).version == 2
    found = read_request({**RUN, "split": {"random_state": 7.0, "test": 0.5}}, RunRequest)
    assert found.split is not None
    assert (found.split.random_state, found.split.test) == (7, 0.5)
    assert repr(found.estimator["params"]["C"]) == "1.0"


@pytest.mark.parametrize("value", [2.5, 1e308 * 10, "2", True, [2.0]])
def test_what_is_no_whole_number_is_refused(value: object) -> None:
    with pytest.raises(InvalidRequest, match="candidate"):
        read_request({"candidate": value}, SkipRequest)


@pytest.mark.parametrize("path", ["", ".a b", "[...]", ".a[...]"])
def test_path_that_names_no_place_changes_nothing(path: str) -> None:
    body = {"a b": 2.0, "a": [2.0]}
    assert not made_whole(body, path)
    assert repr(body) == "{'a b': 2.0, 'a': [2.0]}"
