"""The worker: one run's training, in the user's interpreter, started and watched by a keeper."""

from __future__ import annotations

import sys
import traceback
from pathlib import Path
from typing import Any

from ..store.durable_files import is_full
from .asked import Cancelled, Interrupted, begin_under_keeper
from .attempts import with_resumable
from .context import Context, open_context
from .failure import describe
from .hints import Facts, facts_of
from .pipeline import finish, run_stages
from .plain_journal import last_sequences
from .room import EXIT_DISK_FULL


def main(run_path: str) -> int:
    """Train; the answer is the process' exit code.

    A run that is cancelled ends here without a last word: the keeper writes it, as it does for a
    worker that had to be killed.
    """
    begin_under_keeper()
    context = open_context(Path(run_path))
    # Only once keeper_pid is known to be alive: a keeper that died before is nobody's keeper.
    context.asked.start()
    try:
        return _write_out(context, _train(context))
    finally:
        context.asked.end()
        context.journal.close()


def _write_out(context: Context, code: int) -> int:
    """Get what was told to the disk, and wait for room if need be; answers the exit code."""

    def flush() -> None:
        if not context.journal.flush() and context.journal.trouble is not None:
            raise context.journal.trouble

    try:
        context.with_room(flush)
    except Cancelled:
        return code  # the keeper says so
    except OSError as reason:
        print(f"the run's journal could not be written: {reason}", file=sys.stderr)
        return EXIT_DISK_FULL if is_full(reason) else 1
    return code


def _train(context: Context) -> int:
    try:
        run_stages(context)
    except Cancelled:
        return 0
    except Interrupted:
        _tell_end(
            context,
            "training_interrupted",
            {
                "stage": context.stage,
                "elapsed_time": context.elapsed_s,
                "who": context.asked.who,
            },
        )
        return 0
    except BaseException as failure:
        # Whatever a user's code raises, SystemExit and KeyboardInterrupt too, ends this run and is
        # told; the whole traceback goes into the output.
        traceback.print_exc()
        context.end_if_copy()
        context.flush_report()
        _tell_end(
            context,
            "training_failed",
            {
                "error": describe(failure, context.stage, _facts(context)),
                "elapsed_time": context.elapsed_s,
            },
        )
        return 1
    finish(context, _others(context))
    return 0


def _tell_end(context: Context, kind: str, facts: dict[str, Any]) -> None:
    facts = with_resumable(context.run, context.request.kind, kind, facts)
    context.tell(kind, facts, follows=_others(context))


def _facts(context: Context) -> Facts | None:
    try:
        return facts_of(context)
    except Exception:
        # Rows that cannot be looked at, or no memory for it: the failure is told all the same.
        traceback.print_exc()
        return None


def _others(context: Context) -> dict[str, int]:
    """Where others stand whose facts come before the end; the keeper has only samples."""
    found = last_sequences(context.run.journals, but=context.journal.writer)
    found.pop("keeper", None)
    return found
