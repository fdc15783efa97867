"""What may be forgotten: every rule, each protection, and their order."""

from __future__ import annotations

from typing import Any

from jupyter_progress.core.retention import (
    DAY_S,
    HOUR_S,
    LeftoverFacts,
    Limits,
    RunFacts,
    UploadFacts,
    choose_removals,
)

NOW = 1_790_000_000.0
NONE = Limits(keep_runs_days=0, max_runs=0, max_data_bytes=0, keep_uploads_hours=0)


def run(number: int, days_ago: float = 0.0, **facts: Any) -> RunFacts:
    given: dict[str, Any] = {
        "name": "", "size_bytes": 100, "uploads": frozenset(), "is_protected": False,
        "needs_uploads": False,
    }  # fmt: skip
    return RunFacts(str(number), ended=NOW - days_ago * DAY_S, **{**given, **facts})


def chosen(
    runs: list[RunFacts],
    limits: Limits,
    uploads: list[UploadFacts] | None = None,
    leftovers: list[LeftoverFacts] | None = None,
    data_bytes: int = 0,
) -> list[tuple[str, str]]:
    found = choose_removals(
        runs, uploads or [], leftovers or [], limits, data_bytes=data_bytes, now=NOW
    )
    return [(removal.id, removal.reason) for removal in found]


def limits(**given: Any) -> Limits:
    return Limits(**{**NONE.__dict__, **given})


def test_nothing_goes_without_limits() -> None:
    runs = [run(n, days_ago=10_000.0) for n in range(50)]
    assert chosen(runs, NONE, [UploadFacts("u", 0.0, 9)], data_bytes=10**15) == []


def test_defaults_forget_nothing_of_a_year_of_work() -> None:
    runs = [run(n, days_ago=n / 10, size_bytes=8 << 20) for n in range(3650)]
    assert chosen(runs, Limits(), data_bytes=sum(run.size_bytes for run in runs)) == []


def test_runs_past_their_days_go_oldest_end_first_but_protected_ones_stay() -> None:
    runs = [run(1, 31), run(2, 29.9), run(3, 400), run(4, 999, is_protected=True), run(5, 30)]
    assert chosen(runs, limits(keep_runs_days=30)) == [("3", "age"), ("1", "age")]


def test_beyond_the_number_those_that_ended_first_go() -> None:
    runs = [run(n, n) for n in range(6)]
    assert chosen(runs, limits(max_runs=4)) == [("5", "count"), ("4", "count")]
    runs[5] = run(5, 5, is_protected=True)
    assert chosen(runs, limits(max_runs=4)) == [("4", "count"), ("3", "count")]
    protected = [run(n, n, is_protected=True) for n in range(6)]
    assert chosen(protected, limits(max_runs=4)) == []


def test_beyond_the_size_unneeded_uploads_go_and_then_runs_until_it_fits() -> None:
    runs = [
        run(1, 1, uploads=frozenset("a"), needs_uploads=True),
        run(2, 2, uploads=frozenset("b")),
        run(3, 3),
    ]
    uploads = [UploadFacts(name, NOW - DAY_S, 50) for name in "ab"]
    small = limits(max_data_bytes=1000)
    assert chosen(runs, small, uploads, data_bytes=1000) == []
    assert chosen(runs, small, uploads, data_bytes=1050) == [("b", "size")]
    assert chosen(runs, small, uploads, data_bytes=1051) == [("b", "size"), ("3", "size")]
    everything = [("b", "size"), ("3", "size"), ("2", "size"), ("1", "size"), ("a", "size")]
    assert chosen(runs, small, uploads, data_bytes=9999) == everything


def test_upload_stays_while_a_run_needs_it_and_a_while_after_its_last_use() -> None:
    old, fresh = UploadFacts("a", NOW - 90 * DAY_S, 1), UploadFacts("a", NOW - 0.5 * HOUR_S, 1)
    day = limits(keep_uploads_hours=24)
    assert chosen([], day, [old]) == [("a", "unused")]
    assert chosen([run(1, 2, uploads=frozenset("a"))], day, [old]) == [("a", "unused")]
    assert chosen([run(1, 0.9, uploads=frozenset("a"))], day, [old]) == []
    assert chosen([run(1, 9, uploads=frozenset("a"), needs_uploads=True)], day, [old]) == []
    assert chosen([], limits(keep_uploads_hours=0.001), [fresh]) == []
    assert chosen([], limits(max_data_bytes=1), [fresh], data_bytes=9) == []


def test_upload_of_a_run_that_goes_may_go_with_it() -> None:
    resumable = run(1, 60, uploads=frozenset("a"), needs_uploads=True)
    upload = UploadFacts("a", NOW - 61 * DAY_S, 1)
    both = limits(keep_runs_days=30, keep_uploads_hours=24)
    assert chosen([resumable], both, [upload]) == [("1", "age"), ("a", "unused")]


def test_half_made_things_go_a_day_after_they_were_touched() -> None:
    leftovers = [LeftoverFacts(f"runs/.new-{n}", NOW - n * DAY_S, 1) for n in (0.9, 1.1)]
    assert chosen([], NONE, leftovers=leftovers) == [("runs/.new-1.1", "unfinished")]
