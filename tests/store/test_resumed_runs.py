"""A run that ended and was resumed, read from journals of long ago all at once."""

from __future__ import annotations

from .bench import Bench, Index


def test_how_a_resumed_run_stands_is_told_also_where_its_end_is_read_with_it(bench: Bench) -> None:
    run = bench.run()
    first = bench.begin(run, bench.queue(run))
    first.append("training_progress", {"step": 3})
    error = {"type": "SIGKILL", "message": "m", "reason": "worker_killed"}
    first.append("training_failed", {"error": error, "resumable": True}, flush=True)
    server = bench.writer(run, "server-0")
    follows = {"worker-1": first.last_sequence}
    server.append("training_resuming", {"attempt": 2}, follows=follows, flush=True)
    second = bench.writer(run, "worker-2")
    follows = {**follows, "server-0": server.last_sequence}
    second.append("training_resumed", {"name": "digits", "stages": []}, follows=follows)
    second.append("stage_started", {"stage": "train"})
    second.append("training_progress", {"stage": "train", "step": 7}, flush=True)

    index = Index(bench)
    index.settle()
    told = [
        message.data.step
        for committed in index.told
        for message in committed.volatile
        if message.type == "training_progress" and message.run_id == run.run_id
    ]
    assert told[-1:] == [7]
    state = index.indexer.live_state(run.run_id)
    assert (state.status, state.attempt, state.step) == ("running", 2, 7)
    index.close()
