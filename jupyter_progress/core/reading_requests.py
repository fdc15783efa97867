"""How a body of JSON is read into the type of a request, and what is said where it does not fit."""

from __future__ import annotations

import re
from typing import Any, TypeVar, get_args, get_type_hints

import msgspec

from ..errors import InvalidRequest, UnknownKey
from .names import UPLOAD_ID, shorten
from .whole_numbers import made_whole

T = TypeVar("T", bound=msgspec.Struct)


def read_request(body: Any, kind: type[T]) -> T:
    """Read decoded JSON into a request.

    Raises
    ------
    InvalidRequest
        A key is missing, unknown, or of the wrong type; the message names it.
    """
    if not isinstance(body, dict):
        raise InvalidRequest("", f"the body is {json_kind(body)}; expected a JSON object")
    while True:
        try:
            return msgspec.convert(body, kind)
        except msgspec.ValidationError as error:
            words, _, path = str(error).partition(" - at `$")
            is_int = words.startswith("Expected `int") and words.endswith("got `float`")
            if not (is_int and made_whole(body, path.rstrip("`"))):
                raise _explain(str(error), kind) from None


def _explain(text: str, kind: type[msgspec.Struct]) -> InvalidRequest:
    """Turn msgspec's words into a field and a problem."""
    words, _, path = text.partition(" - at `$")
    field = path.rstrip("`").lstrip(".")
    unknown = re.search(r"unknown field `(.*)`", words)
    if unknown:
        key = f"{field}.{unknown[1]}" if field else unknown[1]
        allowed = ", ".join(_fields_at(kind, field))
        expected = f"one of: {allowed}" if allowed else "no key at all"
        return UnknownKey(shorten(key, 80), f"is not known here; expected {expected}")
    missing = re.search(r"missing required field `(.*)`", words)
    if missing:
        key = f"{field}.{missing[1]}" if field else missing[1]
        return InvalidRequest(key, "is missing")
    if words.startswith("Invalid enum value"):
        found = shorten(words.removeprefix("Invalid enum value "), 80)
        return InvalidRequest(field, f"is {found}; expected one of: {_choices_at(kind, field)}")
    wrong = re.fullmatch(r"Expected `(.*)`, got `(.*)`", words)
    if wrong:
        expected = " or ".join(_EXPECTED.get(name, name) for name in wrong[1].split(" | "))
        return InvalidRequest(field, f"is {_FOUND.get(wrong[2], wrong[2])}; expected {expected}")
    return InvalidRequest(field, shorten(words[:1].lower() + words[1:], 300))


_STRUCT_META = type(msgspec.Struct)

# msgspec's names of types, in a person's words.
_EXPECTED = {
    "str": "a string", "int": "a whole number", "float": "a number", "bool": "true or false",
    "array": "a list", "object": "an object",
}  # fmt: skip
_FOUND = {
    "str": "a string", "int": "a whole number", "float": "a number with a fraction",
    "bool": "a boolean", "array": "a list", "object": "an object",
}  # fmt: skip


def _choices_at(kind: type[msgspec.Struct], field: str) -> str:
    return ", ".join(repr(choice) for choice in get_args(get_type_hints(kind).get(field)))


def _fields_at(kind: type[msgspec.Struct], path: str) -> tuple[str, ...]:
    hint = get_type_hints(kind).get(path)
    kinds = [found for found in (hint, *get_args(hint)) if isinstance(found, _STRUCT_META)]
    nested: type[msgspec.Struct] = kinds[0] if kinds else kind
    return nested.__struct_fields__


def json_kind(value: Any) -> str:
    """What a value of JSON is, in words."""
    if value is None:
        return "null"
    names = {bool: "a boolean", int: "a number", float: "a number", str: "a string", list: "a list"}
    return names.get(type(value), "an object")


def check_upload_id(field: str, value: Any) -> None:
    """Raise InvalidRequest where this is no id of an upload."""
    if not isinstance(value, str) or not UPLOAD_ID.fullmatch(value):
        raise InvalidRequest(
            field, "is no upload's id; expected the 'id' that POST uploads answered"
        )


def check_keys(field: str, found: dict[str, Any], kind: type[msgspec.Struct]) -> None:
    """Raise InvalidRequest where an object has not the keys of a type."""
    keys = msgspec.structs.fields(kind)
    required = {key.encode_name for key in keys if key.required}
    optional = {key.encode_name for key in keys} - required
    for key in sorted(required - set(found)):
        raise InvalidRequest(f"{field}.{key}", "is missing")
    for key in sorted(set(found) - required - optional):
        expected = ", ".join(sorted(required | optional))
        raise UnknownKey(f"{field}.{shorten(key, 80)}", f"is not known; expected: {expected}")
