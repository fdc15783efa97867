"""Reading a journal that somebody else is writing: whole lines only, damaged ones skipped."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from ..core.events import JournalLine
from ..core.names import SEQUENCE_LIMIT, is_run_id
from ..core.times import from_iso
from .regular_files import kind_of, open_regular

PART_LIMIT_BYTES = 1 << 20
LINE_LIMIT_BYTES = 256 << 20  # one line; more without an end is no line that a writer writes
NESTING_LIMIT = 200  # Python's own reader gives up where its stack ends, wherever that is
_TAIL_BYTES = 1 << 16
_DECODER = msgspec.json.Decoder(JournalLine)


@dataclass(frozen=True)
class JournalPart:
    """What a journal held after a position.

    Parameters
    ----------
    lines
        The lines that are in order, each with its sequence.
    ends
        For each of them, the byte after it.
    next_byte
        Where to go on; after the last whole line.
    damaged
        What was skipped, in words.
    """

    lines: list[JournalLine] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)
    next_byte: int = 0
    damaged: list[str] = field(default_factory=list)


def read_journal(
    path: Path | str, start_byte: int = 0, limit_bytes: int = PART_LIMIT_BYTES
) -> JournalPart:
    """Read the whole lines after a position, up to about ``limit_bytes``.

    A last line without its newline is left for the next time: it may still be under way.

    Raises
    ------
    NoRegularFile
        It is a folder, a link, a pipe or a device.
    """
    try:
        descriptor = open_regular(path)
    except FileNotFoundError:
        return JournalPart(next_byte=start_byte)
    try:
        content = bytearray(os.pread(descriptor, limit_bytes, start_byte))
        more: bytes | bytearray = content
        while more and b"\n" not in more and len(content) < LINE_LIMIT_BYTES:
            more = os.pread(descriptor, limit_bytes, start_byte + len(content))
            content += more
    finally:
        os.close(descriptor)
    if len(content) >= LINE_LIMIT_BYTES and b"\n" not in content:
        problem = f"{path}, byte {start_byte}: {len(content)} bytes without the end of a line"
        return JournalPart(next_byte=start_byte + len(content), damaged=[problem])
    return parse_lines(bytes(content), start_byte, str(path))


def parse_lines(content: bytes, start_byte: int, name: str) -> JournalPart:
    """Split a journal's bytes into lines; see :func:`read_journal`."""
    lines: list[JournalLine] = []
    ends: list[int] = []
    damaged: list[str] = []
    position = start_byte
    for text in content.split(b"\n")[:-1]:
        end = position + len(text) + 1
        if text:
            try:
                lines.append(_read_line(text))
                ends.append(end)
            except (msgspec.MsgspecError, ValueError, RecursionError) as error:
                damaged.append(f"{name}, byte {position}: {error}")
        position = end
    return JournalPart(lines, ends, position, damaged)


def _read_line(text: bytes) -> JournalLine:
    """Read one line; what cannot be logged, or not be shown, is refused here and nowhere else."""
    line = _DECODER.decode(text)
    for sequence in (line.sequence, *line.follows.values()):
        if not 0 <= sequence <= SEQUENCE_LIMIT:
            raise ValueError(f"{sequence} is no sequence; at most {SEQUENCE_LIMIT} is one")
    if line.sequence == 0:
        raise ValueError("0 is no sequence; expected 1 or more")
    from_iso(line.time)
    if line.run_id is not None and not is_run_id(line.run_id):
        raise ValueError(f"{line.run_id[:60]!r} is no run id")
    # Points are many, and their line is not kept.
    may_be_deep = text.count(b"[") + text.count(b"{") > NESTING_LIMIT
    if may_be_deep and line.type != "metrics_appended" and _is_deep(line.data):
        raise ValueError(f"nested more than {NESTING_LIMIT} deep")
    return line


def _is_deep(data: object) -> bool:
    level = [data]
    for _ in range(NESTING_LIMIT):
        containers = [item for item in level if isinstance(item, dict | list)]
        if not containers:
            return False
        level = [
            inner
            for item in containers
            for inner in (item.values() if isinstance(item, dict) else item)
        ]
    return True


def last_sequence_in(path: Path | str) -> int:
    """The sequence after which a writer goes on in an existing journal; 0 where it begins anew.

    Damaged lines at the end are counted as if each had had a place, so that none is given twice.
    """
    if kind_of(path) is not None:
        return 0  # whoever writes there will hear of it
    try:
        size = Path(path).stat().st_size
    except FileNotFoundError:
        return 0
    length = _TAIL_BYTES
    while True:
        start = max(0, size - length)
        part = read_journal(path, start, size - start)
        if part.lines:
            after_last = read_journal(path, part.ends[-1], max(1, size - part.ends[-1]))
            return part.lines[-1].sequence + len(after_last.damaged) + 1 * _is_torn(path, size)
        if start == 0:
            return len(part.damaged)
        length *= 4


def _is_torn(path: Path | str, size: int) -> bool:
    with Path(path).open("rb") as file:
        file.seek(max(0, size - 1))
        return file.read(1) not in (b"\n", b"")
