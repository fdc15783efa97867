"""Finding runs in the log: the rows that are searched, and the search for a page of them.

The statement is put together from the pieces below alone; whatever a person wrote is bound to it.
"""

from __future__ import annotations

import base64
import sqlite3
from collections.abc import Iterable
from typing import Any

import msgspec

from ..core.run_facts import estimator_of, main_score, name_key, test_scores, words_of
from ..core.run_query import NEWEST, MetricBound, RunQuery, RunSort
from ..core.state import RunState, begun_us
from ..errors import InvalidRequest
from .statements import statements

FACETS_MOST = 500
_SQL = statements("find.sql")
_COLUMNS = {"name": "name_key", "duration": "duration_s", "score": "score"}
_RELATIONS = frozenset({">", ">=", "<", "<=", "="})
_OTHER_ORDER = "is of another order; expected the 'next' of the page before, with the same sort"
_Row = tuple[str, int, Any]


def put_found(connection: sqlite3.Connection, run_id: str, state: RunState) -> None:
    """Write what a run is found by."""
    connection.execute(
        _SQL["put_found"],
        (
            run_id, begun_us(state), state.status, name_key(state), estimator_of(state),
            state.elapsed_time, main_score(state), words_of(state),
        ),
    )  # fmt: skip
    # A run that is resumed and completes again may be measured by fewer scores than before.
    for name in ("drop_tags", "drop_scores"):
        connection.execute(_SQL[name], (run_id,))
    connection.executemany(_SQL["add_tag"], [(tag, run_id) for tag in state.tags])
    scores = test_scores(state)
    if scores:
        connection.executemany(
            _SQL["put_score"], [(metric, run_id, value) for metric, value in scores.items()]
        )


def drop_found(connection: sqlite3.Connection, run_id: str) -> None:
    """Take out what a run was found by."""
    for name in ("drop_found", "drop_tags", "drop_scores"):
        connection.execute(_SQL[name], (run_id,))


def find_again(connection: sqlite3.Connection, states: Iterable[tuple[str, RunState]]) -> None:
    """Write the rows of runs that an earlier version kept."""
    for run_id, state in states:
        put_found(connection, run_id, state)


def find_page(
    connection: sqlite3.Connection, query: RunQuery, limit: int, before: str | None
) -> tuple[list[str], str | None]:
    """The ids of a page, and the ``next`` of it.

    Raises
    ------
    InvalidRequest
        ``before`` is of another order.
    """
    key, source = _key(query.sort)
    where, bound = _conditions(query)
    bound |= {"limit": limit + 1, "sorted": _bare(query.sort.key)}
    if before is not None:
        place = _read_place(before, query.sort)
        where.append(_after(query.sort, place))
        bound |= place
    rows: list[_Row] = connection.execute(
        f"SELECT run_id, begun_us, key FROM (SELECT found_runs.run_id, begun_us, {key} AS key, "
        f"status, estimator, words FROM {source}) AS found "
        f"WHERE {' AND '.join(where) or '1'} ORDER BY {_order(query.sort)} LIMIT :limit",
        bound,
    ).fetchall()
    following = _place_of(rows[limit - 1], query.sort) if len(rows) > limit else None
    return [row[0] for row in rows[:limit]], following


def count_found(connection: sqlite3.Connection, query: RunQuery) -> int:
    """How many runs there are of it, on all pages."""
    where, bound = _conditions(query)
    statement = f"SELECT count(*) FROM found_runs AS found WHERE {' AND '.join(where) or '1'}"
    return int(connection.execute(statement, bound).fetchone()[0])


def read_facets(connection: sqlite3.Connection) -> dict[str, list[tuple[str, int]]]:
    """What there is to find runs by, each with how many runs have it, the most frequent first."""
    return {
        name: connection.execute(_SQL[f"facets_of_{name}"], (FACETS_MOST,)).fetchall()
        for name in ("statuses", "tags", "estimators", "metrics")
    }


def _key(sort: RunSort) -> tuple[str, str]:
    """What is ordered by, and where it is read, as SQL."""
    if sort.key == "began":
        return "NULL", "found_runs"
    if sort.key in _COLUMNS:
        return _COLUMNS[sort.key], "found_runs"
    table, name, value = _place_of_metric(sort.key)
    same = f"{table}.run_id = found_runs.run_id"
    return value, f"found_runs LEFT JOIN {table} ON {table}.{name} = :sorted AND {same}"


def _place_of_metric(metric: str) -> tuple[str, str, str]:
    """The table of a metric's values, and its columns of names and of values."""
    if metric.startswith("test."):
        return "test_scores", "metric", "value"
    return "series", "name", "last_value"


def _bare(metric: str) -> str:
    return metric.partition(".")[2]


def _order(sort: RunSort) -> str:
    time = "begun_us DESC, run_id DESC"
    if sort.key == "began":
        return time if sort.is_descending else "begun_us, run_id"
    return f"key IS NULL, key {'DESC' if sort.is_descending else 'ASC'}, {time}"


def _after(sort: RunSort, place: dict[str, Any]) -> str:
    """What comes after a place in the order."""
    if sort.key == "began" and not sort.is_descending:
        return "(begun_us, run_id) > (:before_us, :before)"
    later = "(begun_us, run_id) < (:before_us, :before)"
    if sort.key == "began":
        return later
    if place["before_key"] is None:
        return f"(key IS NULL AND {later})"
    relation = "<" if sort.is_descending else ">"
    return f"(key {relation} :before_key OR key IS NULL OR (key = :before_key AND {later}))"


def _conditions(query: RunQuery) -> tuple[list[str], dict[str, Any]]:
    where: list[str] = []
    bound: dict[str, Any] = {}

    def bind(name: str, values: Iterable[str]) -> list[str]:
        named = {f"{name}{number}": value for number, value in enumerate(values)}
        bound.update(named)
        return [f":{key}" for key in named]

    if query.statuses:
        where.append(f"status IN ({', '.join(bind('status', query.statuses))})")
    if query.estimators:
        named = (name.rpartition(".")[2] for name in query.estimators)
        where.append(f"estimator COLLATE NOCASE IN ({', '.join(bind('estimator', named))})")
    where += [f"instr(words, {key})" for key in bind("word", query.words)]
    where += [
        f"run_id IN (SELECT run_id FROM run_tags WHERE tag = {key})"
        for key in bind("tag", query.tags)
    ]
    for number, metric in enumerate(query.bounds):
        where.append(_bounded(metric, number))
        bound |= {f"metric{number}": _bare(metric.metric), f"value{number}": metric.value}
    return where, bound


def _bounded(bound: MetricBound, number: int) -> str:
    assert bound.relation in _RELATIONS
    table, name, value = _place_of_metric(bound.metric)
    fits = f"{name} = :metric{number} AND {value} {bound.relation} :value{number}"
    return f"run_id IN (SELECT run_id FROM {table} WHERE {fits})"


def _place_of(row: _Row, sort: RunSort) -> str:
    run_id, begun, key = row
    time = f"{begun}-{run_id}"
    if sort == NEWEST:
        return time
    told = msgspec.json.encode([_written(sort), key])
    return f"{time}.{base64.urlsafe_b64encode(told).decode().rstrip('=')}"


def _read_place(before: str, sort: RunSort) -> dict[str, Any]:
    time, _, told = before.partition(".")
    begun, _, run_id = time.partition("-")
    place = {"before_us": int(begun), "before": run_id}
    if (sort == NEWEST) != (not told):
        raise InvalidRequest("before", _OTHER_ORDER)
    if sort == NEWEST:
        return place
    try:
        order, key = msgspec.json.decode(
            base64.urlsafe_b64decode(told + "=" * (-len(told) % 4)),
            type=tuple[str, str | float | None],
        )
    except (ValueError, msgspec.MsgspecError):
        raise InvalidRequest("before", "expected the 'next' of the page before") from None
    if order != _written(sort) or isinstance(key, str) != (sort.key == "name"):
        raise InvalidRequest("before", _OTHER_ORDER)
    return {**place, "before_key": key}


def _written(sort: RunSort) -> str:
    return f"-{sort.key}" if sort.is_descending else sort.key
