"""A child process that answers questions: JSON lines over its stdin and stdout, one at a time.

What may hang, crash, fill the memory or import scikit-learn is done there and not in the server. A
companion starts with the first question, ends by itself when it is not needed, and is started again
when it is. Whatever becomes of it, the asker gets an answer or an error in time.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import subprocess
import threading
import time
from collections import deque
from pathlib import Path
from typing import Any

import msgspec

from ..errors import ProgressError, Unavailable, error_from_wire
from .child_environment import child_environment

STARTS_TRIED = 2  # short memory, no room for a process: what ends one start can spare the next
_STDERR_LINES = 30
_ENDING_S = 2.0


class _Ended(Exception):
    """The process closed its side of the channel."""


class CompanionBusy(Unavailable):
    """The process is at an earlier question for longer than the asker wanted to wait."""


class Companion:
    """One child process, seen from its parent. Safe to use from many threads.

    Parameters
    ----------
    argv
        The command; its process runs :func:`.answering.serve`.
    env
        By default this process' environment without the server's secrets.
    cwd
        Its working directory.
    idle_s
        It ends after so long without a question.
    startup_timeout_s
        It is given so long to be ready. Importing can take a hundred times as long on a machine
        that is busy; who waits is better served late than refused.
    opening
        A question to be answered first, each time that the process starts; an error in the answer
        is raised to whoever asked, and the process ended.
    failure
        The error for a process that does not start, dies or does not answer.
    what
        How messages call it.
    """

    def __init__(
        self,
        argv: list[str],
        *,
        env: dict[str, str] | None = None,
        cwd: Path | None = None,
        idle_s: float = 600.0,
        startup_timeout_s: float = 180.0,
        opening: dict[str, Any] | None = None,
        failure: type[Unavailable] = Unavailable,
        what: str = "the companion process",
    ) -> None:
        self._argv = argv
        self._env = child_environment() if env is None else env
        self._cwd = cwd
        self._idle_s = idle_s
        self._startup_timeout_s = startup_timeout_s
        self._opening = opening
        self._failure = failure
        self._what = what
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._is_ready = False
        self._unread = b""
        self._stderr: deque[str] = deque(maxlen=_STDERR_LINES)
        self._drain: threading.Thread | None = None
        self._closed = False

    @property
    def pid(self) -> int | None:
        """The process, while it runs."""
        process = self._process
        return process.pid if process is not None and process.poll() is None else None

    def ask(
        self, request: dict[str, Any], timeout_s: float, *, patience_s: float | None = None
    ) -> dict[str, Any]:
        """Ask, and wait for the answer.

        Parameters
        ----------
        request
            Of JSON types, or what msgspec writes as such; NaN becomes null. It must not matter if
            it is asked twice.
        timeout_s
            For the answer; a process that exceeds it is ended. Starting has its own.
        patience_s
            For earlier questions to be answered, once the process is ready; by default as long as
            one of them may take.

        Returns
        -------
        dict

        Raises
        ------
        ProgressError
            What the process raised.
        Unavailable
            Or the class given as ``failure``: it did not start, died, or did not answer in time.
        CompanionBusy
            Only with ``patience_s``, which was exceeded.
        """
        line = msgspec.json.encode(request) + b"\n"
        self._take_turn(timeout_s, patience_s)
        try:
            if self._start():
                return self._exchange(line, timeout_s)
            try:
                return self._exchange(line, timeout_s)
            except _Ended:
                # It ended for being idle just as it was asked; a crash is not tried twice.
                status = self._ended()
                if status != 0:
                    raise self._failure(self._last_words(status)) from None
            self._start()
            return self._exchange(line, timeout_s)
        except _Ended:
            raise self._failure(self._last_words(self._ended())) from None
        finally:
            self._lock.release()

    def _take_turn(self, timeout_s: float, patience_s: float | None) -> None:
        longest_s = timeout_s + STARTS_TRIED * self._startup_timeout_s
        deadline = time.monotonic() + longest_s
        while not self._lock.acquire(timeout=longest_s if patience_s is None else patience_s):
            # One that is starting is waited for: a second one would only slow it down.
            if patience_s is not None and self._is_ready:
                raise CompanionBusy(f"{self._what} is busy; ask again in a moment")
            if time.monotonic() >= deadline:
                raise self._failure(f"{self._what} is busy with earlier requests")

    def close(self) -> None:
        """End the process; whoever waits for an answer gets an error."""
        self._closed = True
        process = self._process
        if process is not None:
            _kill(process)  # first without the lock: an ask under way must come back
        with self._lock:
            self._end()

    def _start(self) -> bool:
        """Have a process that is ready; True where it was started just now."""
        if self._closed:
            raise self._failure(f"{self._what} was closed")
        if self._process is not None:
            if self._process.poll() is None:
                return False
            self._end()
        for left in reversed(range(STARTS_TRIED)):
            try:
                self._start_one()
                break
            except _Ended:
                status = self._ended()
                if self._closed or not left:
                    raise self._failure(f"{self._last_words(status)} while it started") from None
            except OSError as error:
                self._end()
                if not left:
                    raise self._failure(f"{self._what} did not start: {error}") from None
        self._is_ready = True
        return True

    def _start_one(self) -> None:
        process = self._process = self._spawn()
        self._unread = b""
        self._stderr.clear()
        self._drain = threading.Thread(target=self._read_stderr, args=[process], daemon=True)
        self._drain.start()
        hello = {"idle_s": self._idle_s, "opening": self._opening}
        try:
            self._exchange(json.dumps(hello).encode() + b"\n", self._startup_timeout_s)
        except ProgressError:
            self._end()
            raise

    def _spawn(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            self._argv,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            bufsize=0,
            cwd=self._cwd,
            env=self._env,
            # Out of reach of the terminal's Ctrl-C, and ended together with its own children.
            start_new_session=True,
        )

    def _exchange(self, line: bytes, timeout_s: float) -> dict[str, Any]:
        deadline = time.monotonic() + timeout_s
        try:
            self._send(line, deadline)
            answer = json.loads(self._receive(deadline))
        except TimeoutError:
            self._end()
            raise self._failure(f"{self._what} did not answer within {timeout_s:g} s") from None
        except ValueError:
            self._end()
            raise self._failure(f"{self._what} answered with something that is not JSON") from None
        if "error" in answer:
            raise error_from_wire(int(answer["error"].get("status", 500)), answer["error"])
        found = answer["answer"]
        return found if isinstance(found, dict) else {"answer": found}

    def _send(self, line: bytes, deadline: float) -> None:
        assert self._process is not None
        fd = self._process.stdin.fileno()  # type: ignore[union-attr]
        # A process that hangs does not empty its pipe: writing must not wait for it for ever.
        os.set_blocking(fd, False)
        rest = memoryview(line)
        while rest:
            _wait(fd, select.POLLOUT, deadline)
            try:
                rest = rest[os.write(fd, rest) :]
            except BlockingIOError:
                continue
            except OSError:
                raise _Ended from None

    def _receive(self, deadline: float) -> bytes:
        assert self._process is not None
        fd = self._process.stdout.fileno()  # type: ignore[union-attr]
        chunks = [self._unread]
        while b"\n" not in chunks[-1]:
            _wait(fd, select.POLLIN, deadline)
            chunk = os.read(fd, 1 << 20)
            if not chunk:
                raise _Ended
            chunks.append(chunk)
        line, _, self._unread = b"".join(chunks).partition(b"\n")
        return line

    def _read_stderr(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stderr is not None
        with process.stderr as stream:
            for line in stream:
                self._stderr.append(line[-2000:].decode(errors="replace").rstrip())

    def _ended(self) -> int | None:
        """Reap the process and return its exit status, None where there is none."""
        process = self._process
        if process is None:
            return None
        with contextlib.suppress(subprocess.TimeoutExpired):
            # Its channel is closed, so it is on its way out by itself: let it tell its own status.
            process.wait(_ENDING_S)
        self._end()
        return process.returncode

    def _end(self) -> None:
        process, self._process = self._process, None
        self._is_ready = False
        if process is None:
            return
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()
        _kill(process)
        process.wait()
        if self._drain is not None:
            self._drain.join(_ENDING_S)

    def _last_words(self, status: int | None) -> str:
        if status is not None and status < 0:
            how = f"{self._what} was killed by {signal.Signals(-status).name}"
        else:
            how = f"{self._what} ended with status {status}"
        words = [line for line in self._stderr if line.strip()]
        return f"{how}; it said last: {words[-1]}" if words else how


def _wait(fd: int, event: int, deadline: float) -> None:
    poll = select.poll()
    poll.register(fd, event)
    left = deadline - time.monotonic()
    if left <= 0 or not poll.poll(left * 1000):
        raise TimeoutError


def _kill(process: subprocess.Popen[bytes]) -> None:
    # Not after it was reaped: the number may be another's by then.
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
