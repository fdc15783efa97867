"""What a run is found and ordered by, read from its state.

`frontend/src/model/run_facts.ts` reads the same: a column is ordered by what it shows.
"""

from __future__ import annotations

import math
import re
import unicodedata
from typing import Any, Final

from .state import RunState

_DIGITS = re.compile(r"[0-9]+")
_LONGEST_NUMBER = 40
KEY_LIMIT: Final = 400  # characters of a name that decide its place
# Of a finished run's test scores, the one that a person asks for first.
_HEADLINES = ("accuracy", "r2")


def folded(text: str) -> str:
    """A text as it is looked for: whatever its case, its width and its composition."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


def words_of(state: RunState) -> str:
    """What words are looked for in, a line each, so that none reaches over two of them."""
    return folded("\n".join([state.name, state.run_id, estimator_of(state), *state.tags]))


def name_key(state: RunState) -> str:
    """What names are ordered by: ``Run 9`` before ``run 10``."""
    name = folded(state.name or state.run_id).strip()
    return _DIGITS.sub(_number_key, name)[:KEY_LIMIT]


def _number_key(digits: re.Match[str]) -> str:
    number = digits[0].lstrip("0") or "0"
    # As many letters as it is long go before it: of two numbers the longer one is greater.
    return f"{min(len(number), _LONGEST_NUMBER):02d}{number}"


def estimator_of(state: RunState) -> str:
    """The class that is fitted, without its package; empty where that is not known."""
    named = state.spec.get("estimator")
    if isinstance(named, dict) and isinstance(named.get("class"), str):
        return str(named["class"]).rpartition(".")[2]
    # An object that a notebook handed over: the worker was the first to open it.
    for stage in state.stages:
        told = stage.metrics.get("estimator") if stage.id == "initialize" else None
        if isinstance(told, str):
            return told
    return ""


def test_scores(state: RunState) -> dict[str, float]:
    """What was measured on the test rows; what is no number is left out."""
    test = (state.result or {}).get("test")
    found = test.items() if isinstance(test, dict) else ()
    return {name: float(value) for name, value in found if is_number(value)}


def main_score(state: RunState) -> float | None:
    """The one figure of a run: on its test rows, or the last on its validation rows."""
    test = test_scores(state)
    for name in _HEADLINES:
        if name in test:
            return test[name]
    live = state.live_score.value if state.live_score else state.live_accuracy
    return live if is_number(live) else None


def is_number(value: Any) -> bool:
    """Whether a value is a number that a float holds."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    try:
        return math.isfinite(value)
    except OverflowError:
        return False
