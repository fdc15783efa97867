"""How a run ended, in words: one that was stopped is complete, and not all that was asked for."""

from __future__ import annotations

from .state import RunState


def status_words(run: RunState) -> str:
    """``running``, or ``completed, stopped early (371 of 30,000 steps)``."""
    early = stopped_early(run)
    return f"{run.status}, {early}" if early else run.status


def stopped_early(run: RunState) -> str:
    """``stopped early (371 of 30,000 steps)``; empty for a run that was not stopped.

    The steps are those that the result tells of, for a stage that came after has counted anew; of a
    run of one's own code, those of its last stage.
    """
    result = run.result or {}
    if not result.get("stopped"):
        return ""
    steps = result.get("steps") or {"done": run.step, "total": run.total_steps}
    done, total = steps.get("done"), steps.get("total")
    if not isinstance(done, int):
        return "stopped early"
    of = f" of {total:,}" if isinstance(total, int) else ""
    return f"stopped early ({done:,}{of} {'step' if (total or done) == 1 else 'steps'})"
