"""What a panel's views ask for over the comm, carried out: of what the panel shows alone."""

from __future__ import annotations

from typing import Any

from ..core.candidates import answer_of
from ..core.names import shorten, suggest_model_name
from ..core.state import RunState
from ..errors import InvalidRequest
from .scores import NAMES
from .watched import Actions

OUTPUT_LINES = 200
MOST_OUTPUT_LINES = 10_000
READ = ("candidates", "output", "series")
CHART_POINTS = 1000


def carry_out(
    content: dict[str, Any], actions: Actions, shown: str | None
) -> dict[str, Any] | None:
    """Do it; what was asked for to be read is given back.

    Parameters
    ----------
    content
        What a page has sent, which may be anything.
    actions
        Who does it.
    shown
        The run that the panel shows; None: it shows everything.

    Raises
    ------
    InvalidRequest
        It is about something that the panel does not show, or nothing that can be asked for.
    """
    action, run_id = content.get("action"), content.get("run_id")
    if shown is not None and run_id != shown:
        raise InvalidRequest(
            "run_id",
            f"is {shorten(repr(run_id), 80)}; this panel is asked about its own run, "
            f"{shown}, only: open a panel of the other one",
        )
    if action in ("stop", "cancel", "resume") and isinstance(run_id, str):
        ask = {"stop": actions.stop, "cancel": actions.cancel, "resume": actions.resume}
        ask[action](run_id)
    elif action == "skip" and isinstance(run_id, str):
        candidate = content.get("candidate")
        actions.skip(run_id, candidate if isinstance(candidate, int) else None)
    elif action == "deploy":
        name, version = str(content.get("model") or ""), content.get("version")
        if shown is not None:
            _check_is_model_of(actions.state(shown), name, version)
        actions.deploy(name, version, run_id)
    elif action in READ and isinstance(run_id, str):
        return _read(action, run_id, content, actions)
    elif action == "note":
        actions.note(str(content.get("text") or ""), run_id)
    else:
        raise InvalidRequest(
            "action",
            f"is {action!r}; expected stop, cancel, resume, skip, deploy, note, candidates, "
            "output or series",
        )
    return None


def _check_is_model_of(run: RunState, name: str, version: Any) -> None:
    """Refuse a model that is not the run's own: another's may be put in service elsewhere."""
    registered = (run.result or {}).get("model")
    own = registered["name"] if registered else suggest_model_name(run.name)
    own_version = registered["version"] if registered else None
    if name != own:
        raise InvalidRequest(
            "model",
            f"is {shorten(repr(name), 80)}; this panel's run has the model {own!r}: put another "
            "in service on the page, or with deploy()",
        )
    if version is not None and version != own_version:
        made = f"is version {own_version}" if registered else "is not registered yet"
        raise InvalidRequest(
            "version",
            f"is {shorten(repr(version), 80)}; the model {own!r} of this panel's run {made}: put "
            "another version in service on the page, or with deploy()",
        )


def _read(action: str, run_id: str, content: dict[str, Any], actions: Actions) -> dict[str, Any]:
    """What the server's interface answers, for a view that cannot reach it."""
    if action == "candidates":
        limit = content.get("limit")
        rows = actions.candidates(run_id)
        return answer_of(rows, limit if isinstance(limit, int) and limit > 0 else len(rows))
    if action == "output":
        tail = content.get("tail")
        lines = tail if isinstance(tail, int) and tail > 0 else OUTPUT_LINES
        return {"text": actions.output(run_id, min(lines, MOST_OUTPUT_LINES))}
    asked = content.get("names")
    names = asked if isinstance(asked, list) else NAMES
    wanted = [name for name in names if isinstance(name, str)]
    return {"series": actions.series(run_id, wanted, CHART_POINTS)}
