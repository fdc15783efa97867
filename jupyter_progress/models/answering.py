"""The child's side of a companion: read a question from stdin, answer it on stdout, until idle.

The channel is moved away from descriptors 0 and 1 before any other code runs: what that code
prints, in Python or in C, goes to stderr, and can neither break an answer nor read a question.
"""

from __future__ import annotations

import json
import os
import select
import traceback
from collections.abc import Callable
from typing import Any

from ..errors import ProgressError

Answer = Callable[[dict[str, Any]], Any]

_FIRST_QUESTION_S = 60.0


def serve(answer: Answer, open_with: Answer | None = None) -> None:
    """Answer questions until the parent is gone or nothing is asked for long enough.

    Parameters
    ----------
    answer
        Takes a question and returns its answer, both of JSON types. A ProgressError that it raises
        is raised in the parent.
    open_with
        Takes the opening question, where the parent has one.
    """
    channel = _Channel()
    hello = channel.read(_FIRST_QUESTION_S)
    if hello is None:
        return
    opening = hello["opening"]
    if open_with is not None and opening is not None:
        channel.write(_reply(open_with, opening))
    else:
        channel.write({"answer": {}})
    while (question := channel.read(hello["idle_s"])) is not None:
        channel.write(_reply(answer, question))


class _Channel:
    def __init__(self) -> None:
        self._questions, self._answers = os.dup(0), os.dup(1)
        nothing = os.open(os.devnull, os.O_RDONLY)
        os.dup2(nothing, 0)
        os.close(nothing)
        os.dup2(2, 1)
        self._unread = b""

    def read(self, timeout_s: float) -> dict[str, Any] | None:
        """The next question; None when there is nobody left to ask it, or nobody did in time."""
        chunks = [self._unread]
        while b"\n" not in chunks[-1]:
            if not select.select([self._questions], [], [], timeout_s)[0]:
                return None
            chunk = os.read(self._questions, 1 << 20)
            if not chunk:
                return None
            chunks.append(chunk)
        line, _, self._unread = b"".join(chunks).partition(b"\n")
        question: dict[str, Any] = json.loads(line)
        return question

    def write(self, reply: dict[str, Any]) -> None:
        rest = memoryview(json.dumps(reply, allow_nan=False).encode() + b"\n")
        while rest:
            rest = rest[os.write(self._answers, rest) :]


def _reply(answer: Answer, question: dict[str, Any]) -> dict[str, Any]:
    try:
        return {"answer": answer(question)}
    except ProgressError as error:
        return {"error": {**error.to_wire(), "status": error.status}}
    except Exception as error:
        # A fault of this package or of a library: told in full to stderr, in a line to the asker.
        traceback.print_exc()
        wire = {"message": f"{type(error).__name__}: {error}", "reason": "internal_error"}
        return {"error": {**wire, "retryable": False, "status": 500}}
