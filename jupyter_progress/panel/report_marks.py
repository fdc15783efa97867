"""A report's bar and chart: drawn as SVG, and in letters for where drawings are taken out.

What shows a notebook to strangers cleans its HTML first. GitHub takes out styles and SVG;
nbconvert's ``--sanitize-html`` and nbviewer's like take out styles and turn the tags that they do
not know (SVG, and even ``<th>``) into visible text. So a report is written in the few tags that all
of them know, and has each drawing twice: what its style hides is seen where styles are gone, and
what a class of nbconvert's own pages hides, against the style, is hidden where they are.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape
from typing import Any

from ..core.figures import name_within
from ..core.guessed import is_guessed
from ..core.state import RunState

# `hidden` is a class of nbconvert's classic pages, the other two are of its newer ones.
HIDDEN_WHERE_CLEANED = 'class="hidden lm-Menu-item lm-mod-hidden"'
# They bring the height and the padding of a menu's line where their styles are there, too.
DRAWN = (
    "display:block!important;visibility:visible!important;"
    "min-height:0;max-height:none;padding:0;margin:6px 0;line-height:0"
)
LETTERS = 'style="display:none"'
BAR_LETTERS, CHART_LETTERS = 24, 40
CHART_WIDTH, CHART_HEIGHT, CHART_POINTS = 360, 60, 200
_LEVELS = "▁▂▃▄▅▆▇█"

Points = Sequence[Sequence[Any]]


def bar_html(run: RunState) -> str:
    """How far a run is, as a bar."""
    share = min(100.0, max(0.0, run.progress))
    guessed = is_guessed(run)
    told = f"{math.floor(share)} percent"
    told = f"about {told}, judged by earlier runs" if guessed else told
    drawn = (
        '<svg width="100%" height="6" role="img" '
        f'aria-label="{told}">'
        '<rect width="100%" height="6" rx="3" fill="currentColor" opacity="0.15"></rect>'
        f'<rect width="{share:.1f}%" height="6" rx="3" fill="currentColor" '
        f'opacity="{0.35 if guessed else 0.6}"></rect></svg>'
    )
    return _twice(drawn, bar_letters(share))


def bar_letters(percent: float) -> str:
    """``██████░░░░`` of 24 letters."""
    full = int(BAR_LETTERS * min(100.0, max(0.0, percent)) / 100)
    return "█" * full + "░" * (BAR_LETTERS - full)


def chart_html(scores: Points, run: RunState) -> str:
    """The live score as a line; empty for fewer than two points."""
    points = _finite(scores)
    if len(points) < 2:
        return ""
    steps, values = [p[0] for p in points], [p[1] for p in points]
    low, high = min(values), max(values)
    wide, tall = (steps[-1] - steps[0]) or 1.0, (high - low) or 1.0
    path = " ".join(
        f"{(step - steps[0]) / wide * CHART_WIDTH:.1f},"
        f"{CHART_HEIGHT - 4 - (value - low) / tall * (CHART_HEIGHT - 8):.1f}"
        for step, value in _thinned(points)
    )
    label = escape(chart_words(points, run), quote=True)
    # In a narrow cell it is drawn smaller, not cut off.
    drawn = (
        f'<svg width="100%" height="{CHART_HEIGHT}" viewBox="0 0 {CHART_WIDTH} {CHART_HEIGHT}" '
        f'preserveAspectRatio="xMinYMid meet" role="img" aria-label="{label}">'
        f'<polyline points="{path}" fill="none" '
        'stroke="currentColor" stroke-width="1.5"></polyline></svg>'
    )
    twice = _twice(drawn, chart_letters(points), f"max-width:{CHART_WIDTH}px")
    return f'{twice}<div><span style="font-size:smaller">{label}</span></div>'


def _twice(drawn: str, letters: str, more: str = "") -> str:
    """A drawing, and the letters that stand for it."""
    style = f"{DRAWN};{more}" if more else DRAWN
    return (
        f'<div {HIDDEN_WHERE_CLEANED} style="{style}">{drawn}</div>'
        f"<div {LETTERS}><code>{letters}</code></div>"
    )


def chart_text(scores: Points, run: RunState) -> str:
    """The live score as a line of text; empty for fewer than two points."""
    points = _finite(scores)
    return f"{chart_letters(points)} {chart_words(points, run)}" if len(points) > 1 else ""


def chart_words(scores: Points, run: RunState) -> str:
    """``live accuracy: from 0.8111 to 0.9722, best 0.9750``."""
    scored = "score" if run.live_accuracy is None else "accuracy"
    name = name_within(run.live_score.name if run.live_score is not None else scored)[:80]
    values = [value for _, value in scores]
    return f"live {name}: from {values[0]:.4f} to {values[-1]:.4f}, best {max(values):.4f}"


def chart_letters(scores: Points) -> str:
    """``▁▄▆▇▇█`` of at most 40 letters; each stands for the same share of the points."""
    values = [value for _, value in scores]
    low, tall = min(values), (max(values) - min(values)) or 1.0
    count = min(CHART_LETTERS, len(values))
    taken = [values[(place + 1) * len(values) // count - 1] for place in range(count)]
    top = len(_LEVELS) - 1
    return "".join(_LEVELS[round((value - low) / tall * top)] for value in taken)


def _finite(scores: Points) -> list[tuple[float, float]]:
    told = [(float(step), float(value)) for step, value in scores if value is not None]
    return [point for point in told if all(map(math.isfinite, point))]


def _thinned(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """As many points as the chart can show, with the first, the last and each part's extremes."""
    if len(points) <= CHART_POINTS:
        return points
    size = math.ceil(len(points) / (CHART_POINTS // 2))
    kept = [points[0]]
    for first in range(0, len(points), size):
        part = points[first : first + size]
        ends = min(part, key=lambda point: point[1]), max(part, key=lambda point: point[1])
        kept += sorted(ends)
    return [*kept, points[-1]]
