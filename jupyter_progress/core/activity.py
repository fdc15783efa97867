"""The words of the activity feed: one sentence for each fact that a person would want to know."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .articles import with_article
from .durations import duration
from .stops import why_stopped
from .titles import title_of

if TYPE_CHECKING:
    from .wire import Activity  # a keeper tells facts, too, and imports no msgspec

LEVELS = ("info", "success", "warning", "error")


def activity_for(
    event_type: str, data: dict[str, Any], name: str, who: str = ""
) -> dict[str, Any] | None:
    """Tell a fact in one sentence.

    Parameters
    ----------
    event_type, data
        The fact.
    name
        The run's name, for the sentence.
    who
        Who did it, where somebody did.

    Returns
    -------
    dict or None
        ``{"level", "kind", "text", "who"}`` without an id (see :func:`activity_id`); None for a
        fact that has no place in the feed.
    """
    told = _tell(event_type, data, name)
    if told is None:
        return None
    level, text = told
    return {"level": level, "kind": event_type, "text": text, "who": who or data.get("who") or ""}


def holds_words(line: Activity, words: list[str]) -> bool:
    """Whether a line of the feed holds every one of these words, in small letters."""
    said = f"{line.text} {line.who}".lower()
    return all(word in said for word in words)


def activity_id(origin: str, writer: str, sequence: int) -> str:
    """The identity of an activity: that of the event which carries it."""
    return f"{origin}/{writer}/{sequence}"


def _tell(event_type: str, data: dict[str, Any], name: str) -> tuple[str, str] | None:
    teller = _TELLERS.get(event_type)
    return teller(data, name) if teller else None


def _stage_completed(data: dict[str, Any], name: str) -> tuple[str, str]:
    title = data.get("title") or title_of(str(data.get("stage")))
    return "info", f"{name}: {title} done in {duration(data.get('elapsed_s'))}"


_ENDINGS = {
    "asked": "early, as asked, after {took}",
    "time_limit": "early, at its time limit, after {took}",
    "early_stopping": "early, for its score rose no more, after {took}",
}


def _completed(data: dict[str, Any], name: str) -> tuple[str, str]:
    result = data.get("result") or {}
    figure = headline(result)
    took = duration(data.get("elapsed_time"))
    how = _ENDINGS.get(why_stopped(result), "in {took}").format(took=took)
    return "success", f"{name} finished {how}" + (f", {figure}" if figure else "")


def _failed(data: dict[str, Any], name: str) -> tuple[str, str]:
    error = data.get("error") or {}
    stage = error.get("stage")
    where = f" in {title_of(stage)}" if stage else ""
    return "error", f"{name} failed{where}: {error.get('type')}: {error.get('message')}"


def _health(data: dict[str, Any], _name: str) -> tuple[str, str]:
    level = {"green": "success", "yellow": "warning", "red": "error"}.get(data["to"], "info")
    why = "; ".join(data.get("reasons") or [])
    return level, f"Health went from {data['from']} to {data['to']}" + (f": {why}" if why else "")


def _deployed(data: dict[str, Any], _name: str) -> tuple[str, str]:
    before = data.get("previous")
    instead = f", in place of version {before}" if before else ""
    return "success", f"{data['name']} version {data['version']} is in service{instead}"


def _stopping(data: dict[str, Any], name: str) -> tuple[str, str]:
    if data.get("why") == "time_limit":
        limit = duration(data.get("limit_s"))
        return "warning", f"{name} is at its time limit of {limit}: it keeps what it has"
    words = "Cancelling" if data.get("action") == "cancel" else "Stopping"
    return "warning", f"{words} {name}"


def _stalled(data: dict[str, Any], name: str) -> tuple[str, str]:
    stage = data.get("stage")
    where = f" in {title_of(stage)}" if stage else ""
    quiet = duration(data.get("quiet_s"))
    if data.get("uses_cpu"):
        likely = duration(data.get("likely_s"))
        why = f"more than {likely} is not likely, though it still computes"
    else:
        why = "and it uses no CPU: it waits for something, or for itself (a deadlock)"
    return "warning", f"{name} has stalled{where}: nothing heard for {quiet}, {why}"


_TELLERS = {
    "training_queued": lambda data, name: ("info", f"{name} was queued"),
    "training_started": lambda data, name: ("info", f"{name} started"),
    "training_resuming": lambda data, name: ("info", f"{name} was queued to be resumed"),
    "training_resumed": lambda data, name: ("info", f"{name} was resumed"),
    "training_stopping": _stopping,
    "training_stalled": _stalled,
    "training_recovered": lambda data, name: (
        "info",
        f"{name} goes on: heard again after {duration(data.get('quiet_s'))}",
    ),
    "stage_completed": _stage_completed,
    "training_completed": _completed,
    "training_failed": _failed,
    "training_cancelled": lambda data, name: ("warning", f"{name} was cancelled"),
    "training_interrupted": lambda data, name: ("warning", f"{name} was interrupted"),
    "run_deleted": lambda data, name: ("info", f"{name} was deleted"),
    "health_changed": _health,
    "model_registered": lambda data, name: (
        "info",
        f"{data['name']} version {data['version']} was registered",
    ),
    "model_deployed": _deployed,
}

# What a line of the feed can be about: a fact that is told, what checks have found, a note.
KINDS = (*_TELLERS, "data_finding", "note")


def headline(result: dict[str, Any]) -> str:
    """The one figure of a result that a person asks for first; empty where there is none."""
    test = result.get("test") or {}
    for key, words in (("accuracy", "accuracy"), ("r2", "R²")):
        value = test.get(key)
        if isinstance(value, int | float):
            rows = (result.get("rows") or {}).get("test")
            on = f" on {rows:,} test rows" if isinstance(rows, int) and rows else ""
            return f"{words} {value:.4f}{on}"
    return returned(result.get("value"))


def returned(value: Any) -> str:
    """What a function gave back, in a few words; empty where that was nothing."""
    if not isinstance(value, dict) or value.get("type") in (None, "NoneType"):
        return ""
    shown = value.get("shown")
    if isinstance(shown, str):
        return f"returned {shown}"
    not_kept = ", which is not kept" if value.get("problem") else ""
    return f"returned {with_article(str(value['type']).rpartition('.')[2])}{not_kept}"


def within_run(text: str, kind: str, name: str) -> str:
    """A line of the feed as it reads where the run's name stands above it.

    Parameters
    ----------
    text, kind
        The line's; what a person or a check of the data wrote stays as it is.
    name
        The run's name. A line that was told under an earlier name keeps it.

    Returns
    -------
    str
        ``Train done in 4.2 s`` for ``digits: Train done in 4.2 s``.
    """
    if kind not in _OWN_KINDS or not name:
        return text
    if text.endswith(f"ing {name}"):  # "Stopping digits"
        return text.removesuffix(f" {name}")
    for lead in (f"{name}: ", f"{name} was ", f"{name} "):
        if text.startswith(lead) and len(text) > len(lead):
            rest = text.removeprefix(lead)
            return rest[0].upper() + rest[1:]
    return text


_OWN_KINDS = frozenset(
    kind for kind in _TELLERS if kind.startswith(("training_", "stage_", "run_"))
)
