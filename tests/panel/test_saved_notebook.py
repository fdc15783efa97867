"""Whatever a notebook holds where it should hold something else, bringing it up to date goes on."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from jupyter_progress.panel.bundle import MIME_TYPE, WIDGET_VIEW
from jupyter_progress.panel.saved_notebook import WIDGET_STATE, read_notebook, renew

TEXTS = st.sampled_from(["", "m", "n", "IPY_MODEL_n", "\ud83d", "state", "layout", "model_id"])
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.sampled_from([0.5, 1e400, float("nan")]) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)


def some(*names: str, **sound: Any) -> st.SearchStrategy[Any]:
    """An object with some of these members, each holding anything; or what is no object."""
    members = dict.fromkeys(names, ANYTHING)
    whole = st.fixed_dictionaries({}, optional={**members, **sound})
    return st.one_of(whole, whole, whole, ANYTHING)


VIEW = st.just({"model_id": "m"}) | ANYTHING
OWN = some("run_id", "log_id", "show", "snapshot")
FORMS = st.fixed_dictionaries(
    {"text/markdown": ANYTHING},
    optional={"text/html": ANYTHING, "text/plain": ANYTHING, MIME_TYPE: OWN, WIDGET_VIEW: VIEW},
)
OUTPUT = some(data=FORMS, metadata=some(jupyter_progress=some("run_id")))
MODEL = some("model_name", state=some("layout"))
STATES = some(m=MODEL, n=MODEL, state=some(m=MODEL, n=MODEL))
WIDGETS = st.fixed_dictionaries({}, optional={WIDGET_STATE: STATES})
NOTEBOOKS = st.fixed_dictionaries(
    {
        "nbformat": st.just(4),
        "cells": st.lists(some("source", outputs=st.lists(OUTPUT, max_size=2)), max_size=2),
        "metadata": some("kernelspec", widgets=WIDGETS),
    }
)


def refuse(number: str) -> Any:
    raise AssertionError(f"{number} is no JSON")


@given(NOTEBOOKS, st.sampled_from([None, 1]))
def test_anything_in_any_place_is_borne(notebook: dict[str, Any], indent: int | None) -> None:
    text = json.dumps(notebook, indent=indent)
    forms = ({"run_id": "x", "snapshot": None}, {"text/html": "new", "text/plain": "new"})
    done = renew(text, read_notebook(text), lambda _: forms)
    done.text.encode()
    again = renew(done.text, read_notebook(done.text), lambda _: forms)
    assert again.text == done.text
    assert (again.updated, again.mended) == ([], False)
    try:
        json.loads(text, parse_constant=refuse)
    except AssertionError:
        return
    json.loads(done.text, parse_constant=refuse)
    assert not done.left
    assert not done.is_state_left
