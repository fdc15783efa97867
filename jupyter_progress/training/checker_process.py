"""The process that checks requests: it loads scikit-learn and pandas, so the server need not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas  # noqa: F401 - loaded at the start, so that a request does not wait for it
import sklearn.ensemble
import sklearn.model_selection  # noqa: F401

from ..core.run_requests import kept_request_of
from ..models.answering import serve
from ..store.layout import DataDirectory
from . import catalogue
from .request_checks import RequestChecks
from .uploads import Uploads


class _Answers:
    def __init__(self) -> None:
        self._checks: RequestChecks | None = None

    def open(self, question: dict[str, Any]) -> dict[str, Any]:
        uploads = Uploads(DataDirectory(Path(question["data_dir"])))
        self._checks = RequestChecks(
            uploads,
            Path(question["root_dir"]),
            question["allowed"],
            memory_bytes=question["memory_bytes"],
            max_rows=question["max_rows"],
        )
        return {}

    def answer(self, question: dict[str, Any]) -> dict[str, Any]:
        if "check" in question:
            assert self._checks is not None
            self._checks.check(kept_request_of(question["check"]))
            return {}
        if "estimators" in question:
            return {"estimators": catalogue.estimators()}
        return {}


def main() -> None:
    """Run the process."""
    answers = _Answers()
    serve(answers.answer, answers.open)


if __name__ == "__main__":
    main()
