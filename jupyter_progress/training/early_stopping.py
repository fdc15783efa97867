"""Early stopping on the live score: when a fit has stopped getting better, and which step was best.

The scores are those of the looks at a fit, on held-out rows; how many there are depends on what
looking may cost. The estimator's own early stopping is not touched: it goes by other rows.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..core.run_limits import EarlyStopping
from ..errors import InvalidRequest
from .fitting.choose import can_end_early
from .fitting.watch import SaysWhatIsAsked


class EarlyEnd:
    """Follows the scores of one fit, and says when it is to end. A scorer's score rises.

    Parameters
    ----------
    rule
        What was asked for.
    asked
        What people ask of the run, which ends the fit as well.
    """

    def __init__(self, rule: EarlyStopping, asked: SaysWhatIsAsked) -> None:
        self._rule = rule
        self._asked = asked
        self._looks_since = 0
        self._last_step = 0
        self.best_step: int | None = None
        self.best: dict[str, float | None] = {}

    def observe(self, step: int, scores: Mapping[str, float | None]) -> None:
        """Take the scores of a step; what is no score counts as none that is better."""
        if not {"live_score", "live_accuracy"} & set(scores):
            return
        self._last_step = step
        value, best = score_in(scores), score_in(self.best)
        is_better = value is not None and (best is None or value > best + self._rule.min_delta)
        self._looks_since = 0 if is_better else self._looks_since + 1
        if is_better:
            self.best_step = step
            self.best = {key: scores[key] for key in scores if key.startswith("live_")}

    @property
    def is_over(self) -> bool:
        """Whether the score has not risen for as long as is waited for."""
        if self.best_step is None:
            return False
        if self._rule.patience_steps is not None:
            return self._last_step - self.best_step >= self._rule.patience_steps
        return self._looks_since >= self._rule.patience

    @property
    def to_stop(self) -> bool:
        """Whether the fit is to end with what it has."""
        return self.is_over or self._asked.to_stop

    def check(self) -> None:
        """Raise where the run is dropped."""
        self._asked.check()

    def told(self, is_restored: bool) -> dict[str, Any]:
        """How it went, for the run's result."""
        return {
            "best_step": self.best_step,
            "best_score": score_in(self.best),
            "last_step": self._last_step,
            "restored": is_restored,
        }


def score_in(scores: Mapping[str, float | None]) -> float | None:
    """The score that counts: that of the scorer that was asked for, else accuracy or R²."""
    return scores["live_score"] if "live_score" in scores else scores.get("live_accuracy")


def check_can_end_early(estimator: Any, targets: int = 1) -> None:
    """Refuse early stopping for an estimator whose fit has no steps to end between.

    Parameters
    ----------
    targets
        How many each row has, where that is known.

    Raises
    ------
    InvalidRequest
    """
    if not can_end_early(estimator, targets):
        several = f" of {targets:,} targets" if targets > 1 else ""
        raise InvalidRequest(
            "early_stopping",
            f"is not possible with {type(estimator).__name__}{several}: its fit shows no steps "
            "between which it could end; expected a forest, bagging, boosting or a neural network "
            "by 'adam' or 'sgd', or no early_stopping",
        )
