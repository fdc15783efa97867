"""The user's part of a traceback: headed and with its lines, and never too long."""

from __future__ import annotations

import linecache
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from jupyter_progress.tracking import cells
from jupyter_progress.tracking.cells import heading_of, register_cells
from jupyter_progress.tracking.tracebacks import TRACEBACK_LIMIT, users_traceback

CELL = "/tmp/a-kernel-that-was/1.py"
SOURCE = "def fit():\n    ages = {}\n    return ages['age']\n"


@pytest.fixture(autouse=True)
def nothing_is_left_behind() -> Iterator[None]:
    headings, lines = dict(cells._headings), dict(linecache.cache)
    yield
    cells._headings.clear()
    cells._headings.update(headings)
    linecache.cache.clear()
    linecache.cache.update(lines)


def defined_in(filename: str, source: str, name: str) -> Callable[[], Any]:
    """A function as a worker has it: of a file that is not there."""
    namespace: dict[str, Any] = {}
    exec(compile(source, filename, "exec"), namespace)
    return namespace[name]


def told_of(function: Callable[..., Any], *arguments: Any) -> str:
    try:
        function(*arguments)
    except BaseException as error:
        # As a worker catches it: the caller's own frame is not the user's.
        error.__traceback__ = error.__traceback__ and error.__traceback__.tb_next
        return users_traceback(error)
    raise AssertionError("nothing was raised")


def test_cell_that_was_sent_is_shown_with_its_lines_and_heading() -> None:
    fit = defined_in(CELL, SOURCE, "fit")
    assert "ages['age']" not in told_of(fit)
    register_cells([(CELL, "Cell In[3]", SOURCE)])
    told = told_of(fit)
    assert "  Cell In[3], line 3, in fit\n    return ages['age']" in told
    assert CELL not in told


@pytest.mark.parametrize(
    "sent",
    [
        None,
        {"a": 1},
        [42],
        [("a", "b")],
        [(CELL, "Cell In[3]", b"bytes")],
        [(CELL, "Cell\n  File forged", SOURCE)],
        [(CELL, "Cell In[3]", "x" * (cells.CELL_LIMIT_CHARACTERS + 1))],
        [(__file__, "Cell In[3]", "forged = True\n")],
        [("\0", "Cell In[3]", SOURCE)] * 3,
        [("x" * 100_000, "Cell In[3]", SOURCE)],
    ],
)
def test_hostile_cells_neither_raise_nor_forge(sent: Any) -> None:
    register_cells(sent)
    assert heading_of(CELL) is None
    assert heading_of(__file__) is None
    assert linecache.getline(__file__, 1).startswith('"""The user')


def test_cells_beyond_the_limit_are_left_out() -> None:
    count = cells.CELLS_LIMIT + 50
    register_cells([(f"{CELL}.{i}", f"Cell In[{i}]", SOURCE) for i in range(count)])
    assert sum(heading_of(f"{CELL}.{i}") is not None for i in range(count)) == cells.CELLS_LIMIT


def test_code_of_a_file_is_no_cell() -> None:
    assert cells.find_cells([__file__, "<string>", "<stdin>"]) == []


def test_deep_recursion_is_told_by_its_first_and_last_frames() -> None:
    source = (
        "def even(n): return odd(n - 1)\n"
        "def odd(n):\n    if n < 0: raise ValueError(n)\n    return even(n - 1)\n"
    )
    told = told_of(defined_in(CELL, source, "even"), 400)
    assert "frames are left out" in told
    assert told.count("line 1, in even") < 20
    assert told.endswith("ValueError: -1")


def test_line_of_a_megabyte_is_cut() -> None:
    source = f"def fit(): return [1, 2][5], '{'x' * 100_000}'\n"
    register_cells([(CELL, "Cell In[1]", source)])
    told = told_of(defined_in(CELL, source, "fit"))
    assert "Cell In[1], line 1, in fit" in told
    assert len(told) < 5_000


def test_frames_of_a_process_of_n_jobs_are_found_in_its_text() -> None:
    class _RemoteTraceback(Exception):
        def __init__(self, tb: str) -> None:
            self.tb = tb

    register_cells([(CELL, "Cell In[3]", SOURCE)])
    error = KeyError("age")
    error.__cause__ = _RemoteTraceback(
        '\n"""\nTraceback (most recent call last):\n'
        '  File "/lib/site-packages/joblib/parallel.py", line 4, in __call__\n    x\n'
        f'  File "{CELL}", line 3, in fit\nKeyError: 1\n"""'
    )
    told = users_traceback(error)
    assert "  Cell In[3], line 3, in fit\n    return ages['age']\n" in told
    assert "joblib" not in told


def test_members_of_a_group_are_told_with_their_frames() -> None:
    def fold(number: int) -> Exception:
        try:
            int(f"fold {number}")
        except ValueError as error:
            return error
        raise AssertionError

    told = users_traceback(ExceptionGroup("folds failed", [fold(i) for i in range(40)]))
    assert "  | ValueError: invalid literal for int() with base 10: 'fold 0'" in told
    assert "in fold" in told
    assert "fold 9" not in told
    assert len(told) < TRACEBACK_LIMIT
