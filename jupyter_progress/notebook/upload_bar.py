"""A bar for what is sent to a server that shares no disk: in the cell, or on the terminal.

Nothing is shown of what takes no time, nor where nobody looks.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Protocol

from ..core.durations import estimate
from ..core.figures import size
from ..panel.kernel_state import kernel_shell

SHOWN_FROM_BYTES = 8 << 20
PIECE_BYTES = 1 << 18  # each is sent within the time that one step of a request may take
REDRAWN_EVERY_S = 0.2
BAR_WIDTH = 24


class Bar(Protocol):
    """Draws how far it is."""

    def draw(self, share: float, words: str) -> None:
        """Draw it anew."""

    def close(self) -> None:
        """Leave it as it is."""


def with_bar(
    chunks: Iterable[bytes | memoryview],
    size_bytes: int,
    bar: Bar | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> Iterator[memoryview]:
    """Pass bytes on in small pieces, and draw how many have been taken.

    Parameters
    ----------
    size_bytes
        Of all chunks.
    bar
        By default the cell's or the terminal's; none for little, or where nobody looks.
    """
    if bar is None and size_bytes >= SHOWN_FROM_BYTES:
        bar = _bar_here()
    began, drawn, sent = clock(), -REDRAWN_EVERY_S, 0
    try:
        for piece in _pieces(chunks):
            if bar is not None and clock() - drawn >= REDRAWN_EVERY_S:
                drawn = clock()
                bar.draw(sent / size_bytes, words_of(sent, size_bytes, drawn - began))
            yield piece
            sent += len(piece)
        if bar is not None:
            bar.draw(1.0, f"sent {size(size_bytes)} in {clock() - began:.1f} s")
    finally:
        if bar is not None:
            bar.close()


def _pieces(chunks: Iterable[bytes | memoryview]) -> Iterator[memoryview]:
    for chunk in chunks:
        whole = memoryview(chunk)
        for first in range(0, len(whole), PIECE_BYTES):
            yield whole[first : first + PIECE_BYTES]


def words_of(sent: int, size_bytes: int, elapsed_s: float) -> str:
    """``sending: 310 MB of 1.02 GB, 62.0 MB/s, about 11 s left``."""
    words = f"sending: {size(sent)} of {size(size_bytes)}"
    if not sent or elapsed_s <= 0:
        return words
    pace = sent / elapsed_s
    return f"{words}, {size(pace)}/s, {estimate((size_bytes - sent) / pace)} left"


def _bar_here() -> Bar | None:
    if kernel_shell() is not None:
        return CellBar()
    return TerminalBar(sys.stderr) if sys.stderr is not None and sys.stderr.isatty() else None


class CellBar:
    """A bar in the output of the cell that runs."""

    def __init__(self) -> None:
        self._handle: Any = None

    def draw(self, share: float, words: str) -> None:
        """Draw it anew."""
        from IPython.display import display

        bundle = {
            "text/plain": f"{_drawn(share)} {words}",
            "text/html": f'<progress max="1" value="{share:.4f}"></progress> {words}',
        }
        if self._handle is None:
            self._handle = display(bundle, raw=True, display_id=True)
        else:
            self._handle.update(bundle, raw=True)

    def close(self) -> None:
        """Leave it as it is."""


class TerminalBar:
    """One line on the terminal."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def draw(self, share: float, words: str) -> None:
        """Draw it anew."""
        self._stream.write(f"\r\x1b[2K{_drawn(share)} {words}")
        self._stream.flush()

    def close(self) -> None:
        """Leave it as it is."""
        self._stream.write("\n")
        self._stream.flush()


def _drawn(share: float) -> str:
    full = int(BAR_WIDTH * min(1.0, max(0.0, share)))
    return "█" * full + "░" * (BAR_WIDTH - full)
