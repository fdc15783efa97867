"""The pictures that are kept are those that the browser tests take, and no others."""

from __future__ import annotations

import ast
from collections import Counter
from pathlib import Path

from .browser.pictures import LAB_WIDTHS, SCREENSHOTS, WIDTHS, picture_names

TESTS = Path(__file__).parent / "browser"
TAKERS = {
    "picture_page": WIDTHS,
    "picture_in_lab": WIDTHS,
    "picture_panel": WIDTHS,
    "picture_lab": LAB_WIDTHS,
}


def taken() -> list[tuple[str, tuple[int, ...]]]:
    """The states that the tests take pictures of, as their calls name them, and at which widths."""
    calls = [
        (node.func.id, ast.literal_eval(node.args[1]))
        for path in sorted(TESTS.glob("test_*.py"))
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in TAKERS
    ]
    return [(name, TAKERS[taker]) for taker, name in calls]


def test_each_picture_that_is_taken_is_kept_and_no_other():
    states = taken()
    assert [state for state, times in Counter(states).items() if times > 1] == []
    wanted = {name for state, widths in states for name in picture_names(state, widths)}
    kept = {path.stem for path in SCREENSHOTS.iterdir()}
    assert sorted(wanted - kept) == []
    assert sorted(kept - wanted) == []
