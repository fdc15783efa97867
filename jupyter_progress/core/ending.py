"""How a run ended, in words: one that was stopped is complete, and not all that was asked for."""

from __future__ import annotations

from .durations import duration
from .queueing import place_words
from .state import RunState
from .stops import why_stopped
from .times import seconds_between


def status_words(run: RunState) -> str:
    """How a run is doing, or how it ended.

    Returns
    -------
    str
        ``queued, 2nd in the queue``, ``running``, ``running, stalled: nothing heard for 3 min``,
        ``completed, stopped early (371 of 30,000 steps)``.
    """
    waits = "" if run.queue_place is None else place_words(run.queue_place)
    more = stopped_early(run) or stalled_words(run) or waits
    return f"{run.status}, {more}" if more else run.status


def stalled_words(run: RunState) -> str:
    """``stalled: nothing heard for 3 min 20 s, no CPU use``; empty for a run that has not."""
    if run.stalled is None:
        return ""
    quiet_s = seconds_between(run.stalled.since, run.updated_time or run.stalled.since)
    return f"stalled: nothing heard for {duration(quiet_s)}" + (
        "" if run.stalled.uses_cpu else ", no CPU use"
    )


def stopped_early(run: RunState) -> str:
    """``stopped early (371 of 30,000 steps)``; empty for a run that was not stopped.

    The steps are those that the result tells of, for a stage that came after has counted anew; of a
    run of one's own code, those of its last stage.
    """
    result = run.result or {}
    why = why_stopped(result)
    if not why:
        return ""
    if why == "early_stopping":
        best, last = (result["early_stopping"].get(key) for key in ("best_step", "last_step"))
        return f"stopped early at step {last:,}, best at {best:,}"
    at_limit = " at its time limit" if why == "time_limit" else ""
    steps = result.get("steps") or {"done": run.step, "total": run.total_steps}
    done, total = steps.get("done"), steps.get("total")
    if not isinstance(done, int):
        return f"stopped early{at_limit}"
    of = f" of {total:,}" if isinstance(total, int) else ""
    return f"stopped early{at_limit} ({done:,}{of} {'step' if (total or done) == 1 else 'steps'})"
