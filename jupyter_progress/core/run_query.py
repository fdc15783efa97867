"""Which runs are asked for, in which order: what REST, a notebook and a terminal take."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from typing import Final, TypeVar

import msgspec

from ..errors import InvalidRequest
from .names import shorten
from .run_facts import folded
from .transitions import ACTIVE, ENDED

T = TypeVar("T")

WORDS_LIMIT: Final = 200  # characters of all words
WORDS_MOST: Final = 10
VALUES_MOST: Final = 20  # of one key: tags, estimators, bounds
BOUND_LIMIT: Final = 300  # characters
_NAME = r"(?:test|metrics)\.[^\x00-\x1f\x7f]{1,200}"
_RELATION = r">=|<=|>|<|="
# At most two digits of an exponent: no number that is written so is infinite.
_NUMBER = r"-?[0-9]{1,40}(?:\.[0-9]{1,40})?(?:[eE][+-]?[0-9]{1,2})?"
SORT: Final = re.compile(rf"newest|oldest|-?(?:name|duration|score|{_NAME})")
# The name ends as early as it can, so that of ">=" both characters are the relation.
BOUND: Final = re.compile(rf"({_NAME}?) *({_RELATION}) *({_NUMBER})")
_SORTS = (
    "newest, oldest, name, duration, score, or a metric such as test.accuracy or metrics.loss; "
    "a '-' before it turns the order"
)


class MetricBound(msgspec.Struct, frozen=True):
    """What a metric must be.

    Parameters
    ----------
    metric
        ``test.accuracy``: of the test rows; ``metrics.loss``: the newest that was logged.
    relation
        ``>``, ``>=``, ``<``, ``<=`` or ``=``.
    """

    metric: str
    relation: str
    value: float


class RunSort(msgspec.Struct, frozen=True):
    """By what runs are ordered; those that do not have it come last, either way.

    Parameters
    ----------
    key
        ``began``, ``name``, ``duration``, ``score`` or a metric.
    """

    key: str = "began"
    is_descending: bool = True


NEWEST: Final = RunSort()


class RunQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Which runs, in which order.

    Parameters
    ----------
    words
        Each is somewhere in a run's name, id, tags or estimator, in whatever case.
    statuses, estimators
        One of them; none of them named: any.
    tags, bounds
        All of them.
    """

    words: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    estimators: tuple[str, ...] = ()
    bounds: tuple[MetricBound, ...] = ()
    sort: RunSort = NEWEST

    @property
    def is_everything(self) -> bool:
        """Whether it leaves no run out."""
        return self == RunQuery(sort=self.sort)


EVERYTHING: Final = RunQuery()


def read_run_query(
    *,
    q: str | None = None,
    status: Iterable[str] = (),
    tag: Iterable[str] = (),
    estimator: Iterable[str] = (),
    metric: Iterable[str] = (),
    sort: str | None = None,
) -> RunQuery:
    """Make a query of what a person has written.

    Raises
    ------
    InvalidRequest
        With the field that is wrong.
    """
    return RunQuery(
        words=_words(q or ""),
        statuses=_few("status", (_status(text) for text in status)),
        tags=_few("tag", tag),
        estimators=_few("estimator", estimator),
        bounds=_few("metric", (_bound(text) for text in metric)),
        sort=_sort(sort),
    )


def written(query: RunQuery) -> dict[str, str | list[str] | None]:
    """A query as an address says it; what leaves no run out is None."""
    bounds = [f"{bound.metric}{bound.relation}{bound.value!r}" for bound in query.bounds]
    return {
        "q": " ".join(query.words) or None,
        "status": list(query.statuses) or None,
        "tag": list(query.tags) or None,
        "estimator": list(query.estimators) or None,
        "metric": bounds or None,
        "sort": None if query.sort == NEWEST else _sort_written(query.sort),
    }


def _sort_written(sort: RunSort) -> str:
    if sort.key == "began":
        return "newest" if sort.is_descending else "oldest"
    return f"-{sort.key}" if sort.is_descending else sort.key


def _few(field: str, values: Iterable[T]) -> tuple[T, ...]:
    found = tuple(dict.fromkeys(values))
    if len(found) > VALUES_MOST:
        raise InvalidRequest(field, f"is there {len(found)} times; at most {VALUES_MOST}")
    return found


def _words(text: str) -> tuple[str, ...]:
    if len(text) > WORDS_LIMIT:
        raise InvalidRequest("q", f"has {len(text)} characters; at most {WORDS_LIMIT} are allowed")
    words = tuple(dict.fromkeys(folded(text).split()))
    if len(words) > WORDS_MOST:
        raise InvalidRequest("q", f"has {len(words)} words; at most {WORDS_MOST} are looked for")
    return words


def _status(text: str) -> str:
    if text not in ACTIVE | ENDED:
        expected = ", ".join(sorted(ACTIVE | ENDED))
        raise InvalidRequest("status", f"is {shorten(text, 60)!r}; expected one of: {expected}")
    return text


def _bound(text: str) -> MetricBound:
    found = BOUND.fullmatch(text) if len(text) <= BOUND_LIMIT else None
    value = float(found[3]) if found else math.nan
    if found is None or not math.isfinite(value):
        raise InvalidRequest(
            "metric",
            f"is {shorten(text, 60)!r}; expected a metric, a relation and a number, such as "
            "test.accuracy>0.9 or metrics.loss<=0.2 (relations: > >= < <= =)",
        )
    return MetricBound(found[1], found[2], value)


def _sort(text: str | None) -> RunSort:
    if text is None:
        return NEWEST
    if SORT.fullmatch(text) is None:
        raise InvalidRequest("sort", f"is {shorten(text, 60)!r}; expected {_SORTS}")
    if text in ("newest", "oldest"):
        return RunSort("began", text == "newest")
    return RunSort(text.removeprefix("-"), text.startswith("-"))
