"""The eight stages of the built-in pipeline, in their order, and the run's result."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import Any

import msgspec

from ..core.stages import PIPELINE
from .asked import Interrupted
from .context import Context
from .fitting.choose import can_stop
from .going_on import prepare
from .peaks import peak_so_far
from .plain_journal import last_sequences
from .sources.targets import count_targets
from .stages import (
    evaluate,
    initialize,
    load_data,
    preprocess,
    save_model,
    split_data,
    train,
    validate_data,
)

Stage = Callable[[Context], dict[str, Any]]

STAGES: dict[str, Stage] = {
    "initialize": initialize.run,
    "load_data": load_data.run,
    "validate_data": validate_data.run,
    "split_data": split_data.run,
    "preprocess": preprocess.run,
    "train": train.run,
    "evaluate": evaluate.run,
    "save_model": save_model.run,
}


_WITH_MODEL = ("evaluate", "save_model")


def run_stages(context: Context) -> None:
    """Go through all stages.

    Raises
    ------
    Cancelled
        The run is dropped.
    Interrupted
        Jupyter, or the machine, is going down; what could be kept is saved.
    """
    _begin(context)
    took: dict[str, float] = {}
    for index, planned in enumerate(PIPELINE):
        if context.asked.to_interrupt and context.model is None:
            raise Interrupted
        if context.asked.to_interrupt and planned.id == "evaluate":
            continue  # there is time to save what there is, and no more
        context.asked.check()
        if context.search is not None and context.model is None and planned.id in _WITH_MODEL:
            continue
        took[planned.id] = _run_stage(context, planned.id, index)
    context.asked.check()
    if context.asked.to_interrupt:
        raise Interrupted
    if not context.stopped and not context.stopped_early:
        _remember(context, took)


def finish(context: Context, follows: dict[str, int]) -> None:
    """Tell the end, once everything that belongs to it is on disk."""
    if context.registered is not None:
        version = context.registered["version"]
        previous = version - 1 if version > 1 else None
        context.tell("model_registered", {**context.registered, "previous": previous})
    facts = {"result": result_of(context), "elapsed_time": context.elapsed_s}
    context.tell("training_completed", facts, follows=follows)


def _remember(context: Context, took: dict[str, float]) -> None:
    peak_memory = peak_so_far(context.run, context.attempt.after)
    try:
        context.timings.add(context.workload, took, context.fits, peak_memory)
    except OSError as reason:  # the next estimate is worse for it; this run is whole
        print(f"how long the stages took was not kept: {reason}", file=sys.stderr)


def _begin(context: Context) -> None:
    stages = [msgspec.to_builtins(stage) for stage in context.timings.plan(context.workload)]
    facts = {"name": context.name, "stages": stages}
    if context.attempt.number > 1:
        # After all that the attempts before have told, and after who asked for this one.
        follows = last_sequences(context.run.journals, but=context.journal.writer)
        context.tell("training_resumed", facts, follows=follows)
        return
    queued = context.facts.get("queued_by")
    follows = {queued["writer"]: queued["sequence"]} if queued else {}
    context.tell("training_started", facts, follows=follows or None)


def _run_stage(context: Context, stage: str, index: int) -> float:
    context.stage = stage
    begun_s = time.monotonic()
    facts: dict[str, Any] = {
        "stage": stage,
        "title": PIPELINE[index].title,
        "index": index,
        **context.timings.told(stage, context.workload),
    }
    if stage == "train":
        context.keeping = prepare(context)
        facts["carried_s"] = round(context.keeping.carried_s, 3)
        assert context.parts is not None
        facts["can_stop"] = can_stop(context.estimator, count_targets(context.parts.train.y))
    to_come = [planned.id for planned in PIPELINE[index + 1 :]]
    estimates = context.timings.known(to_come, context.workload)
    context.journal.append("stage_started", {**facts, "estimates": estimates}, flush=True)
    metrics = STAGES[stage](context)
    context.end_if_copy()
    context.flush_report()
    elapsed_s = time.monotonic() - begun_s + facts.pop("carried_s", 0.0)
    facts.pop("can_stop", None)
    done = {
        **facts,
        "elapsed_s": round(elapsed_s, 3),
        "progress": 100.0,
        "elapsed_time": context.elapsed_s,
        "metrics": metrics,
    }
    context.tell("stage_completed", done)
    return round(elapsed_s, 4)


def result_of(context: Context) -> dict[str, Any]:
    """The run's ``result``, of JSON types."""
    parts = context.parts
    given = msgspec.to_builtins(context.split) if context.request.split is not None else {}
    return {
        "test": context.evaluation.get("scores", {}),
        "validation": context.live,
        "confusion_matrix": context.evaluation.get("confusion_matrix"),
        "classes": context.evaluation.get("classes"),
        "rows": {
            "train": parts.train.rows if parts else 0,
            "validation": parts.validation.rows if parts and parts.validation else 0,
            "test": parts.test.rows if parts and parts.test else 0,
        },
        "split": {**given, "stratified": list(parts.stratified) if parts else [False, False]},
        "stopped": context.stopped,
        "stopped_by": (context.asked.why or "asked") if context.stopped else None,
        "stopped_early": context.stopped_early,
        "early_stopping": context.early_stopping,
        "steps": context.steps,
        "model": context.registered,
        "search": context.search,
        "preprocess": context.preprocessed,
        "random_state": context.random_state,
        "threads": context.threads,
    }
