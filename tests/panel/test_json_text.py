"""Single values of a JSON text are replaced, and nothing else of it changes."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_progress.panel.json_text import elements, members, place_of, replaced

TEXTS = st.text(st.characters(codec="utf-8"), max_size=20)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)
STYLES = st.fixed_dictionaries(
    {
        "indent": st.sampled_from([None, 1, 2, "\t"]),
        "ensure_ascii": st.booleans(),
        "separators": st.sampled_from([(",", ":"), (" , ", " : "), None]),
    }
)


@given(st.dictionaries(TEXTS, VALUES, min_size=1, max_size=4), VALUES, STYLES, st.data())
def test_one_member_changes_and_all_else_stays(
    whole: dict[str, Any], new: Any, style: dict[str, Any], data: st.DataObject
) -> None:
    text = f"\n {json.dumps(whole, **style)} \n"
    root = place_of(text)
    places = members(text, root)
    assert {name: place.value for name, place in places.items()} == whole
    name = data.draw(st.sampled_from(sorted(places)))
    place = places[name]
    after = replaced(text, [(place, new)])
    assert json.loads(after) == {**whole, name: new}
    assert after.startswith(text[: place.start])
    assert after.endswith(text[place.end :])
    assert replaced(text, []) == text


@given(st.lists(VALUES, max_size=5), STYLES)
def test_elements_of_a_list_are_found_where_they_stand(
    whole: list[Any], style: dict[str, Any]
) -> None:
    text = json.dumps(whole, **style)
    found = elements(text, place_of(text))
    assert [place.value for place in found] == whole
    assert [json.loads(text[place.start : place.end]) for place in found] == whole


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("unit", [" ", "    ", "\t"])
def test_new_value_is_indented_as_what_surrounds_it(newline: str, unit: str) -> None:
    before = json.dumps({"a": {"b": 1}, "c": []}, indent=unit).replace("\n", newline)
    place = members(before, members(before, place_of(before))["a"])["b"]
    wanted = json.dumps({"a": {"b": {"x": [1], "y": {}}}, "c": []}, indent=unit)
    assert replaced(before, [(place, {"y": {}, "x": [1]})]) == wanted.replace("\n", newline)


@pytest.mark.parametrize("text", ["", "{", '{"a": }', '{"a" 1}', "nothing"])
def test_what_is_no_json_is_an_error(text: str) -> None:
    with pytest.raises(ValueError):
        place_of(text)
