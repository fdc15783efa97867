"""What a notebook has saved of this project's panels, and bringing it up to date: pure.

Only what changes is written anew; all else of the file stays as it is, byte for byte.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from ..core.names import shorten
from .bundle import MIME_TYPE, WIDGET_VIEW
from .html_panel import METADATA_KEY
from .json_text import Place, can_be_written, elements, members, place_of, replaced

WIDGET_STATE = "application/vnd.jupyter.widget-state+json"
_MODEL = "IPY_MODEL_"
# What tells one state of a run from another; the rest a kernel and a data directory know unlike.
_TELLING = ("name", "tags", "status", "attempt", "end_time", "updated_time", "error", "result")


@dataclass(frozen=True)
class SavedOutput:
    """An output of a panel, as a notebook has it.

    Parameters
    ----------
    cell
        The number of its cell, from 1, markdown cells included.
    run_id
        None: everything that was going on.
    own
        The project's own form; None where the panel was plain HTML.
    """

    cell: int
    run_id: str | None
    own: dict[str, Any] | None
    data: Place


Forms = tuple[dict[str, Any], dict[str, Any]]
# The project's own form of an output and its static ones; None where nothing is known of its run.
Report = Callable[[SavedOutput], Forms | None]


@dataclass
class Renewed:
    """A notebook brought up to date.

    Parameters
    ----------
    text
        All of it.
    updated, current, unknown, left
        Its outputs, by what has become of them; left is what is out of date and holds, beside this
        project's forms, a number that JSON has no form for.
    mended
        Whether the state of widgets had to be put in order.
    is_state_left
        Whether it should have been, and holds such a number.
    """

    text: str
    updated: list[SavedOutput] = field(default_factory=list)
    current: list[SavedOutput] = field(default_factory=list)
    unknown: list[SavedOutput] = field(default_factory=list)
    left: list[SavedOutput] = field(default_factory=list)
    mended: bool = False
    is_state_left: bool = False


class NoNotebook(ValueError):
    """What a text is in place of a notebook, in words."""


def read_notebook(text: str) -> Place:
    """The notebook that a text holds.

    Raises
    ------
    NoNotebook
        It holds none that outputs can be found in.
    """
    try:
        root = place_of(text)
    except RecursionError:
        raise NoNotebook("is nested too deeply to be read") from None
    except ValueError as error:
        raise NoNotebook(f"is no JSON ({error})") from None
    if text[root.end :].strip():
        raise NoNotebook("has more behind its end")
    if not isinstance(root.value, dict) or "nbformat" not in root.value:
        raise NoNotebook("is JSON, but no notebook (it has no nbformat)")
    version = root.value["nbformat"]
    if version != 4 or not isinstance(root.value.get("cells"), list):
        raise NoNotebook(
            f"is a notebook of format {_shown(version)}; expected 4: open and save it in Jupyter, "
            "or `jupyter nbconvert --to notebook --inplace` it"
        )
    return root


def _shown(version: Any) -> str:
    is_plain = isinstance(version, str | int | float)
    return shorten(repr(version), 40) if is_plain else "?"


def saved_outputs(text: str, root: Place) -> list[SavedOutput]:
    """The outputs of this project's panels, in their order."""
    return list(_outputs(text, root))


def renew(text: str, root: Place, report: Report) -> Renewed:
    """Bring all outputs up to date.

    Parameters
    ----------
    report
        What an output should hold.
    """
    found = saved_outputs(text, root)
    changes: list[tuple[Place, Any]] = []
    done = Renewed(text)
    state = _widget_state(text, root)
    for output in found:
        forms = report(output)
        if forms is None:
            done.unknown.append(output)
            continue
        data = _data(output, forms)
        is_dead = _model_id(output) in _states(state)
        if not is_dead and _told(data) == _told(output.data.value):
            done.current.append(output)
        elif not can_be_written(data):
            done.left.append(output)
        else:
            done.updated.append(output)
            changes.append((output.data, data))
    mended = _mended(state, {_model_id(output) for output in done.updated}) if found else None
    if state is not None and mended is not None and mended != state.value:
        done.mended = can_be_written(mended)
        done.is_state_left = not done.mended
        if done.mended:
            changes.append((state, mended))
    done.text = replaced(text, changes)
    return done


def _outputs(text: str, root: Place) -> Iterator[SavedOutput]:
    cells = elements(text, members(text, root)["cells"])
    for number, cell in enumerate(cells, start=1):
        # Most cells need not be read once more.
        if not isinstance(cell.value, dict) or not cell.value.get("outputs"):
            continue
        for output in elements(text, members(text, cell)["outputs"]):
            found = _output(text, number, output)
            if found is not None:
                yield found


def _output(text: str, cell: int, output: Place) -> SavedOutput | None:
    parts = members(text, output)
    data = parts.get("data")
    if data is None or not isinstance(data.value, dict):
        return None
    own = data.value.get(MIME_TYPE)
    if isinstance(own, dict):
        run_id = own.get("run_id")
        return SavedOutput(cell, run_id if isinstance(run_id, str) else None, own, data)
    metadata = parts["metadata"].value if "metadata" in parts else {}
    marked = metadata.get(METADATA_KEY) if isinstance(metadata, dict) else None
    if not isinstance(marked, dict):
        return None
    run_id = marked.get("run_id")
    return SavedOutput(cell, run_id if isinstance(run_id, str) else None, None, data)


def _data(output: SavedOutput, forms: Forms) -> dict[str, Any]:
    """The output's new forms, those of others beside them; without the view of a widget."""
    own, static = forms
    kept = {key: value for key, value in output.data.value.items() if key != WIDGET_VIEW}
    for key, words in static.items():
        kept[key] = words if isinstance(kept.get(key), str) else words.splitlines(keepends=True)
    if output.own is not None:
        lasting = {key: output.own[key] for key in ("log_id", "show", "size") if key in output.own}
        kept[MIME_TYPE] = {**own, **lasting}
    return kept


def _told(data: dict[str, Any]) -> Any:
    """What of an output its readers see."""
    snapshot = _object(data.get(MIME_TYPE)).get("snapshot")
    texts = {key: _joined(data[key]) for key in ("text/html", "text/plain") if key in data}
    return texts, {key: _object(snapshot).get(key) for key in _TELLING}


def _object(value: Any) -> dict[str, Any]:
    """What should be an object; whoever wrote the notebook may have put anything in its place."""
    return value if isinstance(value, dict) else {}


def _joined(value: Any) -> Any:
    is_lines = isinstance(value, list) and all(isinstance(line, str) for line in value)
    return "".join(value) if is_lines else value


def _model_id(output: SavedOutput) -> str:
    return str(_object(output.data.value.get(WIDGET_VIEW)).get("model_id", ""))


# The state of widgets


def _widget_state(text: str, root: Place) -> Place | None:
    """What the notebook has saved of its widgets, where it has."""
    metadata = members(text, root).get("metadata")
    widgets = members(text, metadata).get("widgets") if metadata else None
    found = members(text, widgets).get(WIDGET_STATE) if widgets else None
    return found if found is not None and isinstance(found.value, dict) else None


def _states(place: Place | None) -> dict[str, Any]:
    return _object(place.value.get("state", place.value)) if place is not None else {}


def _mended(place: Place | None, gone: set[str]) -> dict[str, Any] | None:
    """The state without the models that no output shows any longer, in the form that is read.

    Some front ends leave the key `state` out, at which GitHub and nbconvert show nothing at all.
    """
    if place is None:
        return None
    states = {key: value for key, value in _states(place).items() if isinstance(value, dict)}
    for model_id in gone & set(states):
        others = {key: value for key, value in states.items() if key != model_id}
        if not _refers(others, model_id):
            layout = _object(states[model_id].get("state")).get("layout")
            states = others
            _drop_alone(states, layout)
    whole = place.value if "state" in place.value else {}
    return {"version_major": 2, "version_minor": 0, **whole, "state": states}


def _drop_alone(states: dict[str, Any], layout: Any) -> None:
    """Drop a layout that nothing else has."""
    if (
        isinstance(layout, str)
        and layout.startswith(_MODEL)
        and not _refers(states, layout[len(_MODEL) :])
    ):
        states.pop(layout[len(_MODEL) :], None)


def _refers(states: dict[str, Any], model_id: str) -> bool:
    wanted = f"{_MODEL}{model_id}"
    return any(_holds(value.get("state"), wanted) for value in states.values())


def _holds(value: Any, wanted: str) -> bool:
    if isinstance(value, dict):
        return any(_holds(inner, wanted) for inner in value.values())
    if isinstance(value, list):
        return any(_holds(inner, wanted) for inner in value)
    return bool(value == wanted)
