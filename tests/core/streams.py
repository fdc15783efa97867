"""The golden streams: what a view is told, and what it must then know.

``python -m tests.core.streams`` writes ``tests/fixtures/streams/*.json`` anew; read the difference
before committing it. The TypeScript model reduces the same files.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec

from jupyter_progress.core.progress import apply_report
from jupyter_progress.core.stages import PIPELINE
from jupyter_progress.core.times import to_iso
from jupyter_progress.core.view import View
from jupyter_progress.core.wire import Message

FOLDER = Path(__file__).parent.parent / "fixtures" / "streams"
START = 1_790_000_000.0
RUN = "20260921-133320-0000002a"
OTHER = "20260921-133500-0000002b"
LOG = "log-a"


class Stream:
    """Builds messages with offsets, revisions and times that fit together."""

    def __init__(self, offset: int = 0, log_id: str = LOG) -> None:
        self.messages: list[dict[str, Any]] = []
        self.offset = offset
        self.log_id = log_id
        self.revision = 1 << 32
        self.now = START

    def after(self, seconds: float) -> Stream:
        self.now += seconds
        return self

    def hello(self, recovered: bool = False) -> Stream:
        return self.raw(
            type="hello", log_id=self.log_id, offset=self.offset, recovered=recovered,
            heartbeat_s=1.0,
        )  # fmt: skip

    def snapshot(self, **data: Any) -> Stream:
        body = {"runs": [], "activity": [], "models": [], "health": None, "server": None, **data}
        body |= {"log_id": self.log_id, "offset": self.offset}
        return self.raw(type="snapshot", log_id=self.log_id, offset=self.offset, data=body)

    def durable(self, type: str, data: dict[str, Any], run_id: str | None = RUN) -> Stream:
        self.offset += 1
        return self.raw(
            type=type, offset=self.offset, time=to_iso(self.now), run_id=run_id, data=data
        )

    def volatile(self, type: str, data: Any, run_id: str | None = RUN) -> Stream:
        self.revision += 1
        return self.raw(
            type=type, after=self.offset, revision=self.revision, time=to_iso(self.now),
            run_id=run_id, data=data,
        )  # fmt: skip

    def progress(self, **report: Any) -> Stream:
        state = replay(self.messages)[0].runs[RUN]
        moved = apply_report(state, report, to_iso(self.now))
        return self.volatile("training_progress", msgspec.to_builtins(moved))

    def raw(self, **message: Any) -> Stream:
        self.messages.append(message)
        return self

    def activity(self, level: str, kind: str, text: str, run_id: str | None = RUN) -> Stream:
        data = {"id": f"x/{self.offset + 1}", "level": level, "kind": kind, "text": text, "who": ""}
        return self.durable("activity_update", data, run_id)

    def queued(self, name: str = "digits", run_id: str = RUN, **data: Any) -> Stream:
        facts = {"name": name, "spec": {"estimator": {"class": "A"}}, "who": "ada", **data}
        return self.durable("training_queued", facts, run_id)

    def started(self, run_id: str = RUN, train_s: float | None = 10.0) -> Stream:
        stages = [
            {
                "id": stage.id,
                "title": stage.title,
                "estimated_s": train_s if stage.id == "train" else stage.estimated_s,
            }
            for stage in PIPELINE
        ]
        return self.durable("training_started", {"name": "digits", "stages": stages}, run_id)

    def stage(self, index: int, run_id: str = RUN) -> Stream:
        stage = PIPELINE[index]
        return self.durable(
            "stage_started",
            {"stage": stage.id, "title": stage.title, "index": index, "estimated_s": None},
            run_id,
        )

    def stage_done(self, index: int, elapsed_s: float, run_id: str = RUN, **metrics: Any) -> Stream:
        stage = PIPELINE[index]
        return self.after(elapsed_s).durable(
            "stage_completed",
            {
                "stage": stage.id, "title": stage.title, "index": index, "estimated_s": None,
                "elapsed_s": elapsed_s, "progress": 100.0, "elapsed_time": self.now - START,
                "metrics": metrics,
            },
            run_id,
        )  # fmt: skip


def stalled() -> Stream:
    """A run that falls silent, is told to have stalled, twice, and goes on in its next stage."""
    stream = Stream().hello().snapshot().queued().after(0.4).started().stage(0)
    stream.after(70.0)
    for uses_cpu in (True, False):
        facts = {
            "since": to_iso(START + 0.4), "stage": "initialize", "quiet_s": 70.0, "likely_s": 60.0,
            "uses_cpu": uses_cpu, "output": "" if uses_cpu else "File a.py, line 1 in wait",
        }  # fmt: skip
        stream.durable("training_stalled", facts).after(20.0)
    stream.progress(resources={"cpu": 0.0, "memory": 10, "peak_memory": 20, "limit": None})
    stream.durable("training_recovered", {"quiet_s": 110.0})
    stream.after(200.0).durable("training_stalled", {"since": to_iso(START + 110)})
    return stream.stage_done(0, 300.0).stage(1)


def stopped_by_limits() -> Stream:
    """One run is stopped at its time limit, another ends early because its score rose no more."""
    stream = Stream().hello().snapshot().queued(spec={"time_limit": 4.0}).started().stage(5)
    stream.after(4.0).progress(stage="train", step=20, total_steps=100, can_stop=True)
    facts = {"action": "stop", "who": "", "why": "time_limit", "limit_s": 4.0}
    stream.durable("training_stopping", facts).stage_done(5, 1.0)
    result = {"test": {"accuracy": 0.9}, "stopped": True, "stopped_by": "time_limit"}
    steps = {"steps": {"done": 20, "total": 100}}
    stream.durable("training_completed", {"result": {**result, **steps}, "elapsed_time": 5.0})
    stream.queued(name="other", run_id=OTHER).after(0.3).started(run_id=OTHER)
    early = {
        "stopped": False, "stopped_by": None, "stopped_early": True,
        "early_stopping": {
            "best_step": 9, "best_score": 0.8, "last_step": 14, "restored": True
        },
    }  # fmt: skip
    facts = {"result": {**result, **early, **steps}, "elapsed_time": 9.0}
    return stream.after(9.0).durable("training_completed", facts, OTHER)


def queue() -> Stream:
    """Three runs wait behind one that trains; one is cancelled, one moves up, one is no trainer."""
    stream = Stream().hello().snapshot().queued()
    stream.started()
    for number in range(3):
        stream.after(1.0).queued(name=f"run {number}", run_id=f"{OTHER[:-1]}{number}")
    stream.queued(name="mine", run_id=f"{OTHER[:-1]}9", kind="own")
    stream.durable("training_cancelled", {"stage": None}, f"{OTHER[:-1]}1")
    stream.after(5.0).durable("training_cancelled", {"stage": None})
    stream.after(0.5).started(run_id=f"{OTHER[:-1]}0")
    return stream.queued(name="last", run_id=f"{OTHER[:-1]}4")


def _running_state(**changes: Any) -> dict[str, Any]:
    """A whole run state, as ``training_progress`` and snapshots carry it."""
    stream = Stream().snapshot().queued().after(0.5).started().stage(0)
    state = msgspec.to_builtins(replay(stream.messages)[0].runs[RUN])
    return {**state, **changes}


def whole_run() -> Stream:
    """A pipeline run from queued to deployed."""
    stream = Stream().hello().snapshot().queued(tags=["demo"])
    stream.activity("info", "training_queued", "q")
    stream.after(0.4).started().activity("info", "training_started", "digits started")
    for index in range(5):
        stream.stage(index).stage_done(index, 0.25, rows=1797)
    stream.stage(5)
    stream.after(2.0).volatile(
        "metrics_appended",
        {"series": {"live_accuracy": [[10, 0.8], [20, 0.9]]}, "from": {"live_accuracy": 0}},
    )
    stream.progress(stage="train", stage_progress=20.0, step=20, total_steps=100, live_accuracy=0.9)
    stream.stage_done(5, 8.0, live_accuracy=0.97)
    stream.stage(6).stage_done(6, 0.5, accuracy=0.96)
    stream.stage(7).stage_done(7, 0.2)
    result = {
        "test": {"accuracy": 0.96, "balanced_accuracy": 0.95, "f1_macro": 0.95},
        "rows": {"train": 1077, "validation": 360, "test": 360},
        "model": None,
    }
    stream.durable("training_completed", {"result": result, "elapsed_time": 12.1})
    stream.activity("success", "training_completed", "digits finished")
    stream.durable("model_registered", {"name": "digits", "version": 1, "previous": None})
    return stream.durable("model_deployed", {"name": "digits", "version": 1, "previous": None})


def killed_worker() -> Stream:
    """A worker that was killed in the middle of its work."""
    stream = Stream().snapshot().queued().started().stage(0).stage_done(0, 1.0).stage(1)
    error = {
        "type": "SIGKILL", "message": "the worker was killed", "reason": "worker_killed",
        "traceback": "", "hint": "look at the memory",
    }  # fmt: skip
    stream.after(3.0).durable("training_failed", {"error": error, "elapsed_time": 4.0})
    return stream.volatile("training_progress", _running_state(step=7))


def slower_than_planned() -> Stream:
    """A run whose pace contradicts its plan, with a last fact before its end to reckon from."""
    stream = Stream().snapshot().queued().started(train_s=4.0).stage(5).after(5.0)
    stream.progress(stage="train", stage_progress=15.4, step=77, total_steps=500)
    return stream.after(1.0).durable("training_stopping", {"action": "stop", "who": "ada"})


def search_by_cost() -> Stream:
    """A search that says itself what is left, and takes longer than that."""
    stream = Stream().snapshot().queued().started(train_s=None)
    stream.durable(
        "stage_started",
        {
            "stage": "train",
            "estimated_s": 30.0,
            "estimated_range": [12.0, 80.0],
            "estimates": {"evaluate": [2.5, 1.0, 6.0]},
        },
    )
    stream.after(6.0).progress(stage="train", stage_progress=5.0, step=2, total_steps=40)
    stream.after(2.0).progress(
        stage="train", stage_progress=50.0, step=20, stage_left=[24.0, 15.5, 41.0]
    )
    stream.progress(stage="train", stage_left=[-1.0, 0.0, 1.0])
    fold = {"candidate": 3, "fold": 1, "score": 0.5, "fit_s": 2.0, "step": 21, "total_steps": 40}
    told = {"stage_progress": 52.5, "stage_left": [20.0, 12.0, 36.0]}
    stream.after(4.0).durable("fold_completed", {**fold, **told})
    stream.after(9.25).durable("training_stopping", {"action": "stop", "who": "ada"})
    return stream.after(60.0).durable("training_stopping", {"action": "stop", "who": "bob"})


def one_call() -> Stream:
    """A fit that shows nothing until its end: its progress is what the time makes likely."""
    stream = Stream().snapshot().queued().started(train_s=20.0)
    stream.stage(0).after(4.0).progress(resources={"cpu": 99.0})
    stream.stage_done(0, 1.0).stage(5).after(12.0)
    stream.progress(resources={"cpu": 99.0})
    stream.after(30.0).progress(resources={"cpu": 98.0})
    stream.progress(stage="train", stage_progress=100.0, step=1, total_steps=1)
    return stream.after(0.5).durable("training_stopping", {"action": "stop", "who": "ada"})


def stage_left_out() -> Stream:
    """A run of somebody's own code that completed without one of its stages."""
    stages = [{"id": "load", "title": "Load"}, {"id": "plot", "title": "Plot"}]
    begun = {"name": "mine", "kind": "own", "stages": stages}
    stream = Stream().snapshot().durable("training_started", begun)
    facts = {"stage": "load", "title": "Load", "index": 0, "estimated_s": None}
    stream.durable("stage_started", facts).after(1.0)
    done = {**facts, "elapsed_s": 1.0, "progress": 100.0, "elapsed_time": 1.0, "metrics": {}}
    stream.durable("stage_completed", done)
    result = {"metrics": {}, "stopped": False}
    return stream.durable("training_completed", {"result": result, "elapsed_time": 1.0})


def twice_and_late() -> Stream:
    """Messages that come twice, out of date, or of unknown types."""
    stream = Stream().snapshot().queued().started().stage(0)
    stream.messages += stream.messages[1:3]
    fresh = _running_state(step=5)
    stream.after(1.0).volatile("training_progress", fresh)
    stale = {**stream.messages[-1], "revision": 1 << 32, "data": _running_state(step=2)}
    stream.raw(**stale)
    stream.durable("removed", {}).durable("unheard_of", {"x": 1})
    stream.raw(type="unheard_of_volatile", data={"x": 1})
    stream.raw(type="heartbeat", offset=stream.offset, time=to_iso(stream.now))
    stream.stage_done(0, 0.1)
    late = {**stream.messages[-6], "after": 2, "revision": (1 << 32) + 99}
    return stream.raw(**{**late, "type": "training_progress", "run_id": RUN, "data": fresh})


def gap() -> Stream:
    """An offset that is missing, a heartbeat that is ahead, and a volatile message that is."""
    stream = Stream().snapshot().queued()
    stream.offset += 1
    stream.started()
    stream.raw(type="heartbeat", offset=9, time=to_iso(stream.now))
    return stream.raw(
        type="system_metrics", after=9, revision=1 << 33, time=to_iso(stream.now), run_id=None,
        data={"status": "green"},
    )  # fmt: skip


def cancelled_while_queued() -> Stream:
    """A run that never started, and events that its status does not allow."""
    stream = Stream().snapshot().queued()
    stream.durable("training_stopping", {"action": "cancel", "who": "ada"})
    stream.durable("training_cancelled", {"stage": None, "elapsed_time": None, "who": "ada"})
    return stream.started().stage(0)


def another_log() -> Stream:
    """A server that rebuilt its log in mid-view: everything starts anew from its snapshot."""
    stream = Stream(offset=40).snapshot(runs=[_running_state()], health={"status": "green"})
    stream.volatile("system_metrics", {"status": "yellow", "reasons": ["cpu"]}, None)
    other = Stream(offset=3, log_id="log-b")
    other.hello(recovered=True)
    other.snapshot(runs=[_running_state(run_id=OTHER, name="other")])
    other.volatile("system_metrics", {"status": "red", "reasons": ["disk"]}, None)
    other.durable("run_updated", {"name": "renamed", "tags": ["a"], "notes": "n"}, OTHER)
    other.durable("health_changed", {"from": "red", "to": "green", "reasons": []}, None)
    stream.messages += other.messages
    return stream


def deleted_run() -> Stream:
    """A run that is forgotten while another goes on."""
    stream = Stream().snapshot().queued().queued("other", OTHER).started().started(OTHER)
    stream.durable("training_interrupted", {"stage": None, "elapsed_time": 1.0, "who": ""})
    return stream.durable("run_deleted", {})


def search() -> Stream:
    """A search: folds of two at a time, a candidate that is given up, the best so far."""
    stream = Stream().snapshot().queued().started().stage(5)
    place = {"folds": 2, "params": {"C": 1}, "total_steps": 6}
    since = to_iso(stream.now)
    running = [{"candidate": n, "fold": 0, "since": since, "params": {}} for n in (0, 1)]
    stream.progress(stage="train", stage_progress=0.0, step=0, total_steps=6, running=running)
    for step, (candidate, fold, score) in enumerate(
        [(0, 0, 0.9), (1, 0, None), (0, 1, 0.8), (1, 1, 0.7)], start=1
    ):
        facts = {"candidate": candidate, "fold": fold, "score": score, "fit_s": 0.5, **place}
        share = {"step": step, "stage_progress": round(100.0 * step / 7, 2)}
        stream.after(0.5).durable("fold_completed", {**facts, **share})
    done = {"candidate": 0, "params": {"C": 1}, "scores": [0.9, 0.8], "scorer": "accuracy"}
    stream.durable("candidate_completed", {**done, "mean": 0.85, "std": 0.05, "best": True})
    stream.durable("candidate_completed", {**done, "candidate": 1, "mean": None, "std": None})
    stream.durable(
        "candidate_completed",
        {**done, "candidate": 2, "mean": None, "std": None, "skipped": True, "scores": []},
    )
    return stream.stage_done(5, 1.0).stage(6)


def resumed_run() -> Stream:
    """A run whose worker was killed, which waits for its next attempt and goes on in it."""
    stream = Stream().snapshot().queued().after(0.5).started()
    for index in range(5):
        stream.stage(index).stage_done(index, 0.25)
    stream.stage(5).after(4.0)
    stream.progress(stage="train", stage_progress=40.0, step=40, total_steps=100)
    error = {
        "type": "SIGKILL", "message": "the worker was killed", "reason": "worker_killed",
        "traceback": "", "hint": "",
    }  # fmt: skip
    failed = {"error": error, "elapsed_time": 5.5, "resumable": True}
    stream.durable("training_failed", failed).after(3600.0)
    stream.durable("training_resuming", {"attempt": 2, "who": "ada"}).after(2.0)
    stages = [{"id": stage.id, "title": stage.title, "estimated_s": 1.0} for stage in PIPELINE]
    stream.durable("training_resumed", {"name": "digits", "stages": stages}).after(0.1)
    facts = {"stage": "train", "title": "Train", "index": 5, "estimated_s": 8.0, "carried_s": 3.5}
    stream.durable("stage_started", facts).after(1.0)
    stream.progress(stage="train", stage_progress=45.0, step=45, total_steps=100)
    return stream.after(1.0).durable("training_stopping", {"action": "stop", "who": "ada"})


STREAMS = {
    builder.__name__: builder
    for builder in (
        whole_run, killed_worker, slower_than_planned, search_by_cost, one_call, stage_left_out,
        twice_and_late, gap, cancelled_while_queued, another_log,
        deleted_run, resumed_run, stalled, stopped_by_limits, queue,
        search,
    )
}  # fmt: skip


def replay(messages: list[dict[str, Any]]) -> tuple[View, list[str]]:
    """Let a view take the messages in, as they came from JSON."""
    view = View()
    applied = [view.apply(msgspec.convert(message, Message)).value for message in messages]
    return view, applied


def known_by(view: View) -> dict[str, Any]:
    """All that a view knows, as JSON."""
    facts = {
        "log_id": view.log_id,
        "offset": view.offset,
        "runs": view.runs,
        "activity": view.activity,
        "models": view.models,
        "health": view.health,
    }
    built: dict[str, Any] = msgspec.to_builtins(facts)
    return built


def golden(name: str) -> dict[str, Any]:
    """One stream with what must come of it."""
    builder = STREAMS[name]
    messages = builder().messages
    view, applied = replay(messages)
    return {
        "description": (builder.__doc__ or "").strip(),
        "messages": messages,
        "expected": {"applied": applied, **known_by(view)},
    }


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name in STREAMS:
        text = json.dumps(golden(name), indent=1, ensure_ascii=False)
        (FOLDER / f"{name}.json").write_text(text + "\n", encoding="utf-8")
