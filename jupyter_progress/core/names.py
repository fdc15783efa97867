"""What a run id, a writer, a model name and a label may look like.

An id or a name becomes part of a path, so each is matched against a closed alphabet before it is
used; nothing else guards against ``..``, a slash or a NUL byte, in whatever encoding it came.
"""

from __future__ import annotations

import re
import unicodedata

from ..errors import InvalidRequest

RUN_ID = re.compile(r"[0-9]{8}-[0-9]{6}-[0-9a-f]{8}", re.ASCII)
# The place in time of the last run before it; in another order also that run's value, as base64.
PAGE_START = re.compile(rf"[0-9]{{1,18}}-{RUN_ID.pattern}(?:\.[A-Za-z0-9_-]+)?", re.ASCII)
WRITER = re.compile(r"[a-z]+(-[a-z0-9]{1,32})?", re.ASCII)
MODEL_NAME = re.compile(r"[A-Za-z0-9](?:\.?[A-Za-z0-9_-])*\.?", re.ASCII)
UPLOAD_ID = re.compile(r"[0-9a-f]{32}", re.ASCII)

PAGE_START_LIMIT = 4000  # characters
MODEL_NAME_LIMIT = 100  # characters
LABEL_LIMIT = 200  # characters in a run's name or tag
TAGS_LIMIT = 50
NOTES_LIMIT = 20_000
SEQUENCE_LIMIT = (1 << 53) - 1  # what a database and every view hold exactly

# Categories of characters that leave no mark: controls, formats, spaces.
_UNSEEN = frozenset({"Cc", "Cf", "Zs", "Zl", "Zp"})
# What turns the direction of all that follows: "abc.exe" can be made to look like "abexe.c".
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def new_run_id(timestamp: float, entropy: int) -> str:
    """Name a run so that names sort by time and a person can read them.

    Of the eight last digits five are the microsecond and three are random: runs of one second sort
    too, and two processes that name a run in the same microsecond still hardly meet.

    Parameters
    ----------
    timestamp
        When, in seconds since 1970-01-01 UTC.
    entropy
        Random bits; the lowest 12 are used.
    """
    from datetime import UTC, datetime

    moment = datetime.fromtimestamp(timestamp, UTC)
    return f"{moment:%Y%m%d-%H%M%S}-{moment.microsecond << 12 | entropy & 0xFFF:08x}"


def is_run_id(text: str) -> bool:
    """Whether the text has the form of a run id."""
    return RUN_ID.fullmatch(text) is not None


def is_page_start(text: str) -> bool:
    """Whether the text can be the ``next`` of a page of runs."""
    return PAGE_START.fullmatch(text) is not None


def is_writer(text: str) -> bool:
    """Whether the text has the form of a writer's name, such as ``worker-1``."""
    return WRITER.fullmatch(text) is not None


def is_model_name(text: str) -> bool:
    """Whether the text can name a model."""
    return len(text) <= MODEL_NAME_LIMIT and MODEL_NAME.fullmatch(text) is not None


def check_model_name(field: str, text: str) -> str:
    """Return the name, or say what a model's name looks like.

    Raises
    ------
    InvalidRequest
        The text cannot name a model.
    """
    if not is_model_name(text):
        raise InvalidRequest(
            field,
            f"{shorten(text, 60)!r} cannot name a model; expected 1-100 letters, digits, '_', '-' "
            "or '.', beginning with a letter or a digit, without '..'",
        )
    return text


def check_label(field: str, text: str, limit: int = LABEL_LIMIT) -> str:
    """Return a label (a run's name, a tag) that can be shown on one line.

    Raises
    ------
    InvalidRequest
        It is empty, too long, shows nothing, or holds control characters or line ends.
    """
    if len(text) > limit:
        raise InvalidRequest(field, f"has {len(text)} characters; at most {limit} are allowed")
    if not text.strip() or all(unicodedata.category(c) in _UNSEEN for c in text):
        raise InvalidRequest(field, "is empty; expected some text")
    for character in text:
        if is_control(character) or unicodedata.category(character) in ("Zl", "Zp"):
            raise InvalidRequest(field, f"holds the control character {character!r}")
    return text


def is_control(character: str) -> bool:
    """Whether a character acts on what shows it, or turns the text around it (Unicode, UAX #9)."""
    return character in _TURNING or unicodedata.category(character) in ("Cc", "Cs")


def check_lines(field: str, text: str) -> str:
    """Return a text of several lines; tabs and line ends are its only control characters.

    Raises
    ------
    InvalidRequest
        It holds others: an escape sequence would move the cursor of a terminal that shows it.
    """
    for character in text:
        if is_control(character) and character not in "\n\r\t":
            raise InvalidRequest(field, f"holds the control character {character!r}")
    return text


def suggest_model_name(text: str) -> str:
    """Turn a run's name into a model name, for deploying a run that was not registered."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    name = re.sub(r"[^A-Za-z0-9_-]+", "-", plain).strip("-_")[:100]
    return name or "model"


def shorten(text: str, limit: int) -> str:
    """Cut a text for a message, saying how much was cut."""
    return text if len(text) <= limit else f"{text[:limit]}… ({len(text)} characters)"
