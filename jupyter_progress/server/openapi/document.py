"""From the table of calls and the types to the OpenAPI document."""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from http.client import responses
from typing import Any, get_args, get_type_hints

import msgspec

from ... import __version__
from ...core import answers, datasets, requests, transitions, wire
from ...core.events import RunError
from ...core.state import RunState, StageState
from ...errors import (
    BodyTooLarge,
    Denied,
    InvalidRequest,
    NotFound,
    ProgressError,
    TooManyRequests,
    UnknownKey,
)
from .operations import OPERATIONS, PATH_PARAMETERS, Errors, Operation, Parameter, Schema

# What any call can be refused with: a query or an id that cannot be right, a caller who may not, an
# address that is none, too many calls, and what nobody has expected.
ALWAYS: Errors = (
    InvalidRequest, UnknownKey, Denied, NotFound, TooManyRequests, BodyTooLarge, ProgressError,
)  # fmt: skip
REF = "#/components/schemas/{name}"


def _ref(kind: type) -> Schema:
    return {"$ref": REF.format(name=kind.__name__)}


def _or_null(kind: type) -> Schema:
    return {"anyOf": [_ref(kind), {"type": "null"}]}


# Where the types say less than is promised.
CLOSER: dict[tuple[type, str], Schema] = {
    (RunState, "status"): {"enum": list(get_args(transitions.Status))},
    (RunState, "error"): _or_null(RunError),
    (StageState, "status"): {"enum": ["pending", "running", "completed", "failed", "skipped"]},
    (wire.Snapshot, "health"): _or_null(answers.HealthAnswer),
    (wire.EventsAnswer, "events"): {"items": _ref(wire.DurableMessage)},
    (wire.EventsAnswer, "volatile"): {"items": _ref(wire.VolatileMessage)},
    (answers.MetricsAnswer, "series"): {
        "additionalProperties": {
            "type": "array",
            "items": {
                "type": "array",
                "items": {"type": ["number", "null"]},
                "minItems": 2,
                "maxItems": 2,
            },
        }
    },
    (requests.RunRequest, "dataset"): {"oneOf": list(map(_ref, datasets.DATASETS.values()))},
    (requests.RunRequest, "estimator"): {"oneOf": list(map(_ref, requests.ESTIMATORS))},
    (requests.PredictRequest, "rows"): {"items": {"type": ["array", "object"]}},
}


@functools.cache
def document(base_url: str) -> bytes:
    """The OpenAPI document, as JSON.

    Parameters
    ----------
    base_url
        Of the Jupyter server, such as ``/user/ada/``.
    """
    return msgspec.json.encode(
        {
            "openapi": "3.1.0",
            "info": {
                "title": "jupyter-progress",
                "version": __version__,
                "description": "Training in the care of a Jupyter server, watched live.",
                "license": {"name": "BSD-3-Clause", "identifier": "BSD-3-Clause"},
            },
            "servers": [{"url": f"{base_url}jupyter-progress/api/v1"}],
            "security": [{"token": []}, {"cookie": []}],
            "paths": _paths(),
            "components": {"schemas": _schemas(), "securitySchemes": _SECURITY},
        }
    )


_SECURITY = {
    "token": {
        "type": "apiKey",
        "in": "header",
        "name": "Authorization",
        "description": "`token …`, the Jupyter server's own or that of a kernel's token file.",
    },
    "cookie": {
        "type": "apiKey",
        "in": "header",
        "name": "X-XSRFToken",
        "description": "With Jupyter's login cookie: needed for all but GET.",
    },
}


def _paths() -> dict[str, dict[str, Any]]:
    paths: dict[str, dict[str, Any]] = {}
    for operation in OPERATIONS:
        item = paths.setdefault(f"/{operation.path}", {})
        item[operation.method.lower()] = _operation(operation)
    return paths


def _operation(operation: Operation) -> dict[str, Any]:
    words = re.findall(r"[a-z_]+", operation.path.replace("{", "one_"))
    described: dict[str, Any] = {
        "operationId": "_".join([operation.method.lower(), *words]),
        "summary": operation.summary,
        "description": f"Needs the permission to {operation.needs} on jupyter_progress.",
        "parameters": [
            *map(_path_parameter, re.findall(r"{(\w+)}", operation.path)),
            *map(_parameter, operation.parameters),
        ],
        "responses": _responses(operation),
    }
    if operation.body is not None:
        described["requestBody"] = {
            "required": not operation.is_body_optional,
            "content": _content(operation.body),
        }
    return described


def _path_parameter(name: str) -> dict[str, Any]:
    schema, meaning = PATH_PARAMETERS[name]
    return {"name": name, "in": "path", "required": True, "schema": schema, "description": meaning}


def _parameter(parameter: Parameter) -> dict[str, Any]:
    return {
        "name": parameter.name,
        "in": parameter.place,
        "required": parameter.is_required,
        "schema": parameter.schema,
        "description": parameter.meaning,
    }


def _responses(operation: Operation) -> dict[str, Any]:
    good: dict[str, Any] = {"description": responses[operation.status]}
    if operation.answer is not None:
        good["content"] = _content(operation.answer)
    found = {str(operation.status): good}
    refusals: dict[int, list[type[ProgressError]]] = {}
    for error in (*ALWAYS, *operation.errors):
        refusals.setdefault(error.status, []).append(error)
    for code, errors in sorted(refusals.items()):
        found[str(code)] = _refusal(code, errors)
    return found


def _refusal(code: int, errors: list[type[ProgressError]]) -> dict[str, Any]:
    said = [f"`{error.reason}`: {_first_line(error.__doc__)}" for error in errors]
    reasons = sorted({error.reason for error in errors})
    schema = {"allOf": [_ref(answers.Problem), {"properties": {"reason": {"enum": reasons}}}]}
    refusal: dict[str, Any] = {
        "description": "\n".join(dict.fromkeys(said)),
        "content": {"application/json": {"schema": schema}},
    }
    if code == 429:
        refusal["headers"] = {
            "Retry-After": {
                "required": True,
                "schema": {"type": "string", "pattern": "^[0-9]+$"},
                "description": "seconds",
            }
        }
    return refusal


def _content(
    kind: type[msgspec.Struct] | tuple[type[msgspec.Struct], ...] | str,
) -> dict[str, Any]:
    if isinstance(kind, tuple):
        return {"application/json": {"schema": {"anyOf": [_ref(each) for each in kind]}}}
    if isinstance(kind, str):
        is_json = kind == "application/json"
        return {kind: {"schema": {"type": "object"} if is_json else {"minLength": 1}}}
    return {"application/json": {"schema": _ref(kind)}}


def _schemas() -> dict[str, Schema]:
    asked = [kind for o in OPERATIONS for kind in _types(o.body)]
    asked += [*datasets.DATASETS.values(), *requests.ESTIMATORS]
    told = [kind for o in OPERATIONS for kind in _types(o.answer)]
    told += [answers.Problem, RunError, wire.DurableMessage, wire.VolatileMessage]
    _, schemas = msgspec.json.schema_components([*asked, *told, wire.Message], ref_template=REF)
    for schema in schemas.values():
        if "description" in schema:
            schema["description"] = _first_line(schema["description"])
    for (kind, field), closer in CLOSER.items():
        properties = schemas[kind.__name__]["properties"]
        kept = {k: v for k, v in properties[field].items() if k in ("type", "default")}
        properties[field] = closer if "anyOf" in closer else {**kept, **closer}
    # What is answered has all its keys, whether or not the type has a default for one.
    for kind in _parts(told):
        schemas[kind.__name__]["required"] = sorted(
            field.encode_name
            for field in msgspec.structs.fields(kind)
            if field.default is not msgspec.UNSET
        )
    return schemas


def _types(kind: Any) -> list[type[msgspec.Struct]]:
    """The types of a body; none where it is no JSON."""
    return [
        each for each in (kind if isinstance(kind, tuple) else (kind,)) if isinstance(each, type)
    ]


def _parts(kinds: Sequence[type[msgspec.Struct]]) -> set[type[msgspec.Struct]]:
    """These types and all that stand in their fields."""
    found: set[type[msgspec.Struct]] = set()
    waiting: list[Any] = list(kinds)
    while waiting:
        kind = waiting.pop()
        waiting.extend(get_args(kind))
        if isinstance(kind, type) and issubclass(kind, msgspec.Struct) and kind not in found:
            found.add(kind)
            waiting.extend(get_type_hints(kind).values())
    return found


def _first_line(text: str | None) -> str:
    return (text or "").strip().split("\n\n")[0].replace("\n", " ")
