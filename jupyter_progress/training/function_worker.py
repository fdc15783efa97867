"""The worker of a function: calls it in the user's interpreter, started and watched by a keeper.

It imports neither NumPy nor scikit-learn: a function brings what it needs.
"""

from __future__ import annotations

import functools
import inspect
import os
import sys
import threading
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from ..errors import UnsuitableFunction
from ..models.values import save_value
from ..store.durable_files import is_full
from ..store.layout import DataDirectory
from ..tracking.failure import error_of
from .asked import begin_under_keeper
from .handed_over import read_handed_over
from .own_output import flush_printed, printed_so_far
from .room import EXIT_DISK_FULL, ROOM_WAIT_S, for_so_long, when_there_is_room
from .submitted_run import SubmittedRun
from .uploads import Uploads

T = TypeVar("T")
THREADS_END_S = 5.0  # what threads of the function have to end by themselves once it has returned
_NOT_OPENED = (
    "The function could not be opened in the run's interpreter. Its modules must be importable "
    "there, and the kernel's package versions the same: after an upgrade, restart the kernel and "
    "submit the function again."
)


def main(run_path: str) -> int:
    """Call the function; the answer is the process' exit code.

    A run that is cancelled ends here without a last word: the keeper writes it, as it does for a
    worker that had to be killed.
    """
    keeper_pid = begin_under_keeper()
    sys.argv[1:] = []  # ours, and no business of code that reads it
    data = DataDirectory(Path(run_path).parent.parent)
    run = SubmittedRun(data.run(Path(run_path).name), keeper_pid)
    run.start()
    code = _FunctionWorker(data, run).run()
    _end_within(THREADS_END_S, code)
    return code


def _end_within(seconds: float, code: int) -> None:
    """See to it that a thread which the function has left behind does not keep the process."""

    def end() -> None:
        names = [t.name for t in threading.enumerate() if not t.daemon and t.is_alive()]
        told = ", ".join(name for name in names if name != "MainThread")
        print(f"threads of the function were ended with it: {told}", file=sys.stderr)
        flush_printed()
        os._exit(code)

    timer = threading.Timer(seconds, end)
    timer.daemon = True
    timer.start()


class _FunctionWorker:
    def __init__(self, data: DataDirectory, run: SubmittedRun) -> None:
        self._data = data
        self._run = run
        self._pid = os.getpid()

    def run(self) -> int:
        """Open the function, call it, and tell how that ended."""
        try:
            call = self._opened()
        except BaseException as failure:
            return self._failed(failure, reason="function_not_opened", hint=_NOT_OPENED)
        try:
            value = _plain(call["function"](*call["args"], **call["kwargs"]))
        except BaseException as failure:
            # Whatever the user's code raises, KeyboardInterrupt too, ends this run and is told.
            self._leave_child(1)
            if not (isinstance(failure, SystemExit) and failure.code in (None, 0)):
                return self._failed(failure)
            value = None
        self._leave_child(0)
        return self._returned(value)

    def _opened(self) -> dict[str, Any]:
        uploads = Uploads(self._data)
        path = uploads.path(self._run.request["request"]["function"]["upload"])
        with path.open("rb") as file:
            call = read_handed_over(file)
        if not isinstance(call, dict) or set(call) != {"function", "args", "kwargs"}:
            raise UnsuitableFunction(
                "function.upload",
                "holds no call; expected a pickle of {'function', 'args', 'kwargs'}",
            )
        if not callable(call["function"]):
            raise UnsuitableFunction("function.upload", "holds a function that cannot be called")
        _put_into_main(call["function"])
        return call

    def _returned(self, value: Any) -> int:
        run = self._run
        if run.is_dropped:
            return self._written(0)
        if run.to_interrupt:
            run.end_interrupted()
            return self._written(0)
        kept = self._kept(value)
        if kept["problem"] is not None:
            run.note(f"What {run.name} returned is not kept: {kept['problem']}", level="warning")
        run.end_completed(kept)
        return self._written(0)

    def _kept(self, value: Any) -> dict[str, Any]:
        directory, run_id = self._run.directory, self._run.run_id
        try:
            return self._with_room(
                lambda: save_value(value, directory.value_dir, key=self._data.key(), run_id=run_id)
            )
        except OSError as reason:
            why = f"it could not be written ({reason})"
            return {"type": type(value).__name__, "shown": None, "size_bytes": None, "problem": why}

    def _failed(self, failure: BaseException, **told: str) -> int:
        run = self._run
        if run.is_dropped:
            return self._written(0)
        printed = printed_so_far(self._run.directory.output)
        traceback.print_exc()
        error = {**error_of(failure, stage=run.stage_id), **told, **_reason_of(failure)}
        error["output"] = printed
        if isinstance(failure, UnsuitableFunction):
            error.update(reason=failure.reason, hint="", traceback="")
        run.end_failed(error)
        return self._written(1)

    def _leave_child(self, code: int) -> None:
        """End a forked child that came out of the function beside the worker itself."""
        if os.getpid() == self._pid:
            return
        if code:
            traceback.print_exc()
        self._run.directory_journal.close()
        flush_printed()
        os._exit(code)

    def _written(self, code: int) -> int:
        """Get what was told to the disk, and wait for room if need be; answers the exit code."""
        journal = self._run.directory_journal

        def flush() -> None:
            if not journal.flush() and journal.trouble is not None:
                raise journal.trouble

        try:
            self._with_room(flush)
        except OSError as reason:
            print(f"the run's journal could not be written: {reason}", file=sys.stderr)
            return EXIT_DISK_FULL if is_full(reason) else 1
        finally:
            journal.close()
        return code

    def _with_room(self, write: Callable[[], T]) -> T:
        limit_s = (self._run.request.get("limits") or {}).get("room_wait_s", ROOM_WAIT_S)
        has_time = for_so_long(float(limit_s))
        return when_there_is_room(
            write, lambda: has_time() and not (self._run.is_dropped or self._run.to_interrupt)
        )


def _plain(value: Any) -> Any:
    """What was returned; a coroutine has done nothing yet, and nobody would ever know."""
    if inspect.iscoroutine(value):
        value.close()
        raise UnsuitableFunction(
            "fn", "returned a coroutine, of which nothing has run; expected a function that runs "
            "it: asyncio.run(…)",
        )  # fmt: skip
    return value


def _reason_of(failure: BaseException) -> dict[str, str]:
    if is_full(failure):
        return {"reason": "disk_full"}
    if isinstance(failure, EOFError) and "reading a line" in str(failure):
        return {"hint": "Nobody can type into a run: give the function what input() would ask for."}
    if isinstance(failure, ImportError):
        return {
            "reason": "import_failed",
            "hint": f"Install it for the run's interpreter: {sys.executable} -m pip install …",
        }
    return {}


def _put_into_main(function: Any) -> None:
    """Have the notebook's names stand in ``__main__``, where its own code and pickles look."""
    main = sys.modules["__main__"]
    code = function
    while isinstance(code, functools.partial):
        code = code.func
    if not hasattr(code, "__code__"):
        code = getattr(code, "__func__", type(code).__call__)
    found = getattr(inspect.unwrap(code), "__globals__", {})
    if found.get("__name__") != "__main__":
        return
    vars(main).update({name: it for name, it in found.items() if not name.startswith("__")})
    if code.__qualname__ == code.__name__ != "<lambda>":
        vars(main).setdefault(code.__name__, code)
