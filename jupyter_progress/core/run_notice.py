"""What somebody far away is told of a run: that it ended, failed or stalled; and when to try again.

Pure: which cause a run's state holds, and the words that go out for it. A cause has the same key in
every log and after every restart, for it is told once.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from .activity import activity_for
from .state import RunState, Stall
from .times import seconds_between
from .transitions import has_ended

# By then a person has found out otherwise; a weekend lies between.
NEWS_FOR_S: Final = 3 * 86_400.0
LONGEST_WAIT_S: Final = 300.0

_CAUSES: Final = {"completed": "ended"}
_LONGEST_WORDS: Final = 1000
_MOST_FIGURES: Final = 20
_PLAIN_TIME: Final = re.compile(r"[0-9A-Za-z:.+-]{1,40}")


@dataclass(frozen=True)
class Cause:
    """Something that happened to a run, and that is told once.

    Parameters
    ----------
    kind
        ``ended``, ``failed``, ``cancelled``, ``interrupted`` or ``stalled``.
    key
        Its name among the run's causes; a resumed run can end once more, and stall often. It goes
        out in a header: letters, digits and ``:.+-``, whatever a foreign journal holds.
    time
        When it happened; of a stall, when something was heard last.
    """

    run_id: str
    kind: str
    key: str
    time: str


class RunNotice(msgspec.Struct, frozen=True, kw_only=True):
    """The body of the POST to ``notify_url``.

    Parameters
    ----------
    message
        A sentence for a person.
    elapsed_time
        Seconds that all attempts have taken; None where it never began.
    result
        The figures that were measured at the end; None where there is no result.
    error
        ``{type, message, reason}`` of a run that failed.
    """

    run_id: str
    name: str
    status: str
    cause: str
    time: str
    message: str
    elapsed_time: float | None
    result: dict[str, Any] | None
    error: dict[str, Any] | None


def cause_of(state: RunState) -> Cause | None:
    """What there is to tell of a run as it is now; None while it goes on well."""
    if has_ended(state.status):
        kind = _CAUSES.get(state.status, state.status)
        time = state.end_time or state.updated_time or ""
        return Cause(state.run_id, kind, f"{kind}-{state.attempt}", time)
    if state.stalled is not None:
        since = state.stalled.since
        return Cause(state.run_id, "stalled", f"stalled-{state.attempt}-{_plain(since)}", since)
    return None


def notice_of(state: RunState, cause: Cause) -> RunNotice:
    """The body that tells a cause."""
    return RunNotice(
        run_id=state.run_id,
        name=state.name,
        status=state.status,
        cause=cause.kind,
        time=cause.time,
        message=_cut(_message(state, cause)),
        elapsed_time=state.elapsed_time,
        result=_short(state.result),
        error=_error(state.error) if cause.kind == "failed" else None,
    )


def wait_s(failures: int) -> float:
    """Seconds from one attempt that failed to the next: 2, 4, 8, … up to five minutes."""
    return min(LONGEST_WAIT_S, 2.0 ** min(failures, 20))


def _message(state: RunState, cause: Cause) -> str:
    name = state.name or state.run_id
    facts: dict[str, Any] = {
        "result": state.result,
        "elapsed_time": state.elapsed_time,
        "error": state.error,
    }
    if state.stalled is not None:
        stall = state.stalled
        facts |= {
            "stage": state.current_stage,
            "quiet_s": _quiet_s(state, stall),
            "likely_s": stall.likely_s,
            "uses_cpu": stall.uses_cpu,
        }
    kind = "stalled" if cause.kind == "stalled" else state.status
    told = activity_for(f"training_{kind}", facts, name)
    return str(told["text"]) if told else f"{name}: {state.status}"


def _plain(time: str) -> str:
    if _PLAIN_TIME.fullmatch(time):
        return time
    return hashlib.sha256(time.encode("utf-8", "surrogatepass")).hexdigest()[:24]


def _quiet_s(state: RunState, stall: Stall) -> float | None:
    try:
        return seconds_between(stall.since, state.updated_time or stall.since)
    except ValueError:
        return None  # a time that a foreign journal garbled


def _short(result: dict[str, Any] | None) -> dict[str, Any] | None:
    """A result's figures and what became of its model, without matrices, classes and splits."""
    if result is None:
        return None
    measured = {"test": result.get("test"), "metrics": result.get("metrics")}
    short: dict[str, Any] = {
        name: dict(figures)
        for name, values in measured.items()
        if isinstance(values, dict) and (figures := _figures(values))
    }
    short["stopped"] = bool(result.get("stopped"))
    if result.get("model"):
        short["model"] = result["model"]
    returned = result.get("value")
    if isinstance(returned, dict) and isinstance(returned.get("shown"), str):
        short["value"] = _cut(returned["shown"])
    return short


def _figures(values: dict[str, Any]) -> list[tuple[str, Any]]:
    return [pair for pair in values.items() if isinstance(pair[1], int | float)][:_MOST_FIGURES]


def _error(error: dict[str, Any] | None) -> dict[str, Any] | None:
    if error is None:
        return None
    return {
        "type": error.get("type"),
        "message": _cut(str(error.get("message") or "")),
        "reason": error.get("reason"),
    }


def _cut(words: str) -> str:
    return words if len(words) <= _LONGEST_WORDS else f"{words[: _LONGEST_WORDS - 1]}…"
