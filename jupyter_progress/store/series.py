"""Series of points, packed for reading: a million come back as a thousand extremes at once.

Level 0 holds the points as they came. Level 1 holds, for every 16 of them, the least and the
greatest; each level above does the same for four of the level below. The extremes of extremes are
the extremes, so a chart reads only the level that has about as many entries as it has pixels.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterable
from dataclasses import dataclass, field

Point = tuple[float, float]  # step, value; NaN where there is no value

POINTS_PER_CHUNK = 256  # 4 kB: what is written anew each time that points come
BUCKETS_PER_CHUNK = 128
FIRST_BUCKET = 16
FANOUT = 4
LEVELS = 10
_ALL_LEVELS = range(LEVELS + 1)


def bucket_points(level: int) -> int:
    """How many points one entry of a level stands for."""
    return 1 if level == 0 else FIRST_BUCKET * FANOUT ** (level - 1)


def entries_per_chunk(level: int) -> int:
    """How many entries a whole chunk of a level holds."""
    return POINTS_PER_CHUNK if level == 0 else BUCKETS_PER_CHUNK


def width(level: int) -> int:
    """How many numbers an entry of a level has."""
    return 2 if level == 0 else 4


def level_for(points: int, max_points: int) -> int:
    """The coarsest level whose extremes still are at least ``max_points`` points."""
    level = 0
    while level < LEVELS and 2 * (points // bucket_points(level + 1)) >= max_points:
        level += 1
    return level


@dataclass(frozen=True)
class Chunk:
    """A stretch of one level, to be written."""

    level: int
    number: int
    entries: int
    max_step: float
    data: bytes


@dataclass
class _Bucket:
    """The extremes of what has come since the last whole bucket."""

    parts: int = 0
    extremes: tuple[float, float, float, float] = (0.0, math.nan, 0.0, math.nan)

    def fold(self, step_low: float, low: float, step_high: float, high: float) -> None:
        if self.parts == 0:
            self.extremes = (step_low, low, step_high, high)
        else:
            at_low, least, at_high, greatest = self.extremes
            if low < least or least != least:
                at_low, least = step_low, low
            if high > greatest or greatest != greatest:
                at_high, greatest = step_high, high
            self.extremes = (at_low, least, at_high, greatest)
        self.parts += 1


@dataclass
class SeriesTail:
    """The growing end of a series: all that is needed to append to it.

    Parameters
    ----------
    points
        How many have come.
    last_step, last_value
        The newest point.
    tails
        Of each level, the entries of its last chunk, which is not whole yet.
    """

    points: int = 0
    last_step: float = 0.0
    last_value: float = math.nan
    tails: list[array[float]] = field(default_factory=lambda: [array("d") for _ in _ALL_LEVELS])
    _buckets: list[_Bucket] = field(default_factory=lambda: [_Bucket() for _ in _ALL_LEVELS])

    def restore(self) -> None:
        """Rebuild the unfinished buckets from the entries below them, after loading the tails."""
        for level in range(1, LEVELS + 1):
            below = self.points // bucket_points(level - 1)
            parts = below % (FIRST_BUCKET if level == 1 else FANOUT)
            size = width(level - 1)
            tail = self.tails[level - 1]
            bucket = self._buckets[level] = _Bucket()
            for start in range(len(tail) - parts * size, len(tail), size):
                if level == 1:
                    step, value = tail[start], tail[start + 1]
                    bucket.fold(step, value, step, value)
                else:
                    bucket.fold(*tail[start : start + 4])

    def append(self, points: Iterable[Point]) -> list[Chunk]:
        """Take points in; returns the chunks that changed: whole ones and each level's last."""
        whole: list[Chunk] = []
        changed: set[int] = set()
        for step, value in points:
            self.points += 1
            self.last_step, self.last_value = step, value
            self._put(0, (step, value), changed, whole)
            level, extremes = 1, (step, value, step, value)
            while level <= LEVELS:
                bucket = self._buckets[level]
                bucket.fold(*extremes)
                if bucket.parts < (FIRST_BUCKET if level == 1 else FANOUT):
                    break
                extremes = bucket.extremes
                bucket.parts = 0
                self._put(level, extremes, changed, whole)
                level += 1
        return whole + [self._chunk(level) for level in sorted(changed) if self.tails[level]]

    def _put(
        self, level: int, entry: tuple[float, ...], changed: set[int], whole: list[Chunk]
    ) -> None:
        tail = self.tails[level]
        tail.extend(entry)
        changed.add(level)
        if len(tail) == entries_per_chunk(level) * width(level):
            whole.append(self._chunk(level))
            self.tails[level] = array("d")

    def _chunk(self, level: int) -> Chunk:
        tail = self.tails[level]
        entries = len(tail) // width(level)
        # The level's entries so far, less those of this chunk, are in whole chunks before it.
        number = (self.points // bucket_points(level) - 1) // entries_per_chunk(level)
        return Chunk(level, number, entries, max(tail[::2]), tail.tobytes())


def unpack(level: int, data: bytes) -> list[Point]:
    """The points of a chunk; of a level above 0 the two extremes of each entry, by step."""
    numbers = array("d")
    numbers.frombytes(data)
    if level == 0:
        return list(zip(numbers[::2], numbers[1::2], strict=True))
    points: list[Point] = []
    for start in range(0, len(numbers), 4):
        low = (numbers[start], numbers[start + 1])
        high = (numbers[start + 2], numbers[start + 3])
        if low[0] == high[0]:
            points.append(low)
        elif low[0] < high[0]:
            points += (low, high)
        else:
            points += (high, low)
    return points


def thinned(points: list[Point], max_points: int) -> list[Point]:
    """At most ``max_points`` points: the first, the last, and the extremes of what is between."""
    if len(points) <= max_points:
        return points
    if max_points < 4:
        return [points[0], points[-1]][:max_points]
    inner = points[1:-1]
    buckets = (max_points - 2) // 2
    kept = [points[0]]
    for number in range(buckets):
        part = inner[number * len(inner) // buckets : (number + 1) * len(inner) // buckets]
        real = [index for index, (_step, value) in enumerate(part) if value == value]
        if not real:
            kept += part[:1]
            continue
        low = min(real, key=lambda index: part[index][1])
        high = max(real, key=lambda index: part[index][1])
        kept += [part[index] for index in sorted({low, high})]
    kept.append(points[-1])
    return kept
