"""What fits are expected to cost, told from fits that are done."""

from __future__ import annotations

from time import process_time

import numpy as np
import pytest

from jupyter_progress.training.cost_features import driving_params, features_of
from jupyter_progress.training.costs import Fit, expect
from jupyter_progress.training.search_time import Round, SearchPlan, SearchTime

FOREST = "sklearn.RandomForestClassifier"


def fit(trees: int, seconds: float = 0.0, rows: int = 1000, run: str = "", **params: object) -> Fit:
    return Fit({"n_estimators": trees, **params}, rows, 20, run=run, seconds=seconds)


def seconds_of(known: list[Fit], wanted: Fit) -> float:
    return float(np.exp(expect(known, [wanted], FOREST).mean[0]))


def test_ten_times_the_trees_are_expected_to_take_about_ten_times_as_long() -> None:
    assert seconds_of([fit(100, 1.0)], fit(1000)) == pytest.approx(10.0, rel=0.15)


def test_what_was_seen_in_this_run_counts_more_than_an_earlier_one() -> None:
    earlier = [fit(trees, trees / 100, run="before") for trees in (100, 200, 400)]
    assert seconds_of([*earlier, fit(100, 3.0)], fit(400)) > 8.0


def test_one_fit_that_was_held_up_changes_little() -> None:
    usual = [fit(trees, trees / 100) for trees in (50, 100, 150, 200, 250)]
    held_up = seconds_of([*usual, fit(120, 12.0)], fit(300))
    assert held_up == pytest.approx(3.0, rel=0.35)


def test_cost_is_less_sure_the_further_away_it_is() -> None:
    costs = expect([fit(100, 1.0), fit(120, 1.2)], [fit(110), fit(110, rows=50_000)], FOREST)
    near, far = np.sqrt(np.diag(costs.covariance))
    assert near < far / 2


def test_tree_is_not_expected_to_be_deeper_than_its_rows_let_it_be() -> None:
    def depth(value: int | None, rows: int) -> float:
        return features_of({"max_depth": value}, rows, 5)[0]["max_depth"]

    assert depth(None, 256) == depth(100, 256) == pytest.approx(np.log(12))
    assert depth(3, 256) == pytest.approx(np.log(3))


def test_parameters_that_say_nothing_of_the_cost_are_left_out() -> None:
    params = {"C": np.float64(1.0), "random_state": 3, "verbose": 1, "estimator": object()}
    assert driving_params({**params, "hidden_layer_sizes": (8, 4)}) == {
        "C": 1.0, "hidden_layer_sizes": [8, 4],
    }  # fmt: skip


# A search of 10, 100 and 1,000 trees in three folds: 1 ms a tree, so 3.33 s and a refit.


def search(**how: object) -> SearchPlan:
    sizes = [{"n_estimators": trees} for trees in (10, 100, 1000)]
    given = {"rows": 1500, "columns": 20, "source": "here", "folds": 3, **how}
    return SearchPlan(FOREST, {}, rounds=[Round(sizes, 1000)], **given)  # type: ignore[arg-type]


def test_search_that_nothing_is_known_of_has_no_time_left() -> None:
    assert SearchTime(search()).left(3.0) is None


def test_search_is_told_by_what_its_folds_cost_and_not_by_their_number() -> None:
    time = SearchTime(search(refit=False))
    for fold in range(3):
        time.finished((0, 0, fold), 0.01 * (fold + 1), 0.01)
    left = time.left(0.03)
    assert left is not None
    assert left.low < 3.3 < left.high
    assert left.seconds > 1.0  # by number: 6 more of 10 ms


def test_refit_is_told_by_its_rows_and_the_best_candidate() -> None:
    time = SearchTime(search())
    now_s = 0.0
    for candidate, seconds in enumerate((0.01, 0.1, 1.0)):
        for fold in range(3):
            now_s += seconds
            time.finished((0, candidate, fold), now_s, seconds, score=0.5 + 0.1 * candidate)
    left = time.left(now_s)
    assert left is not None
    assert left.seconds == pytest.approx(1.4, rel=0.25)  # 1,000 trees on half as many rows again


def test_two_workers_take_half_as_long() -> None:
    def of(workers: int) -> float:
        time = SearchTime(search(workers=workers, refit=False))
        for fold in range(3):
            time.finished((0, 0, fold), 0.0, 0.01)
            time.finished((0, 1, fold), 0.0, 0.1)
        left = time.left(0.0)
        assert left is not None
        return left.seconds

    assert of(2) == pytest.approx(of(1) * 2 / 3, rel=0.1)  # three alike on two


def test_search_that_waits_for_a_fold_is_not_expected_to_be_over_this_second() -> None:
    time = SearchTime(search(refit=False))
    for candidate, seconds in ((0, 0.01), (1, 0.1)):
        for fold in range(3):
            time.finished((0, candidate, fold), 0.33, seconds)
    soon, late = time.left(0.4), time.left(60.0)
    assert soon is not None
    assert late is not None
    assert late.seconds > soon.seconds > 0.0


def test_rounds_to_come_are_reckoned_with() -> None:
    eight = [{"max_depth": depth} for depth in range(2, 10)]
    rounds = [Round(eight, 1000), Round(eight, 4000, count=2)]
    given = {"rows": 4000, "columns": 20, "source": "here", "folds": 2, "refit": False}
    time = SearchTime(SearchPlan(FOREST, {}, rounds=rounds, **given))  # type: ignore[arg-type]
    for candidate in range(8):
        for fold in range(2):
            time.finished((0, candidate, fold), 1.0, 0.1, score=candidate / 10)
    left = time.left(1.0)
    assert left is not None
    assert left.low > 0.4  # four fits on four times the rows
    for candidate in (6, 7):
        for fold in range(2):
            time.finished((1, candidate, fold), 3.0, 0.3)
    over = time.left(3.0)
    assert over is not None
    assert over.seconds == 0.0


def test_earlier_runs_give_a_search_its_time_before_the_first_fold() -> None:
    earlier = [fit(trees, trees / 1000, run="before") for trees in (10, 50, 300, 1000)]
    left = SearchTime(search(), earlier).left(0.0)
    assert left is not None
    assert left.low < 4.7 < left.high


def test_time_of_a_search_with_thousands_of_candidates_is_told_in_a_moment() -> None:
    many = [{"n_estimators": 10 + at % 90, "max_depth": 2 + at // 90} for at in range(3_000)]
    given = {"rows": 1500, "columns": 20, "source": "here", "folds": 3}
    time = SearchTime(SearchPlan(FOREST, {}, rounds=[Round(many, 1000)], **given))  # type: ignore[arg-type]
    for candidate in range(500):
        for fold in range(3):
            time.finished((0, candidate, fold), 1.0, 0.01 + many[candidate]["n_estimators"] / 1000)
    begun_s = process_time()
    left = time.left(1.0)
    assert process_time() - begun_s < 2.0
    assert left is not None
    assert left.low < 7_500 * 0.065 * 1.5
    assert left.high > 7_500 * 0.065
