"""Snapshots as messages: from a view, from ``GET status``, from an answer of ``GET events``."""

from __future__ import annotations

from typing import Any

import msgspec

from ..core.view import View
from ..core.wire import EventsAnswer, Message


def snapshot_message(view: View) -> Message:
    """A view as the message that another view can begin with.

    Parameters
    ----------
    view
        Not being changed meanwhile.
    """
    content = {
        "log_id": view.log_id,
        "offset": view.offset,
        "server": view.server,
        "health": view.health,
        "runs": list(reversed(view.runs.values())),  # newest first, as on the wire
        "activity": view.activity,
        "models": list(view.models.values()),
    }
    return Message(
        type="snapshot",
        log_id=view.log_id,
        offset=view.offset,
        data=msgspec.to_builtins(content),
    )


def messages_of_answer(answer: Any) -> tuple[list[Message], bool]:
    """What an answer of ``GET events`` says, as the stream would have said it.

    Returns
    -------
    (list of Message, bool)
        The messages in order, and whether there are more to ask for at once.

    Raises
    ------
    msgspec.ValidationError
        The answer is not of its shape.
    """
    read = msgspec.convert(answer, EventsAnswer, strict=False)
    messages: list[Message] = []
    if read.snapshot is not None:
        content = msgspec.to_builtins(read.snapshot)
        messages.append(
            Message(
                type="snapshot",
                log_id=read.snapshot.log_id,
                offset=read.snapshot.offset,
                data=content,
            )
        )
    messages += msgspec.convert(read.events, list[Message], strict=False)
    messages += msgspec.convert(read.volatile, list[Message], strict=False)
    return messages, read.more
