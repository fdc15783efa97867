"""What a way to fit is given to watch with: held-out rows, a score, a voice, and what was asked."""

from __future__ import annotations

import math
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from ..costs import Fit
from ..evaluation import finite, predictions_of, score_by, share_right
from ..searching.watching import SaysWhatToGiveUp
from .keeping import Keeping
from .stand_in import stand_in_for
from .thinning import some_of


class SaysWhatIsAsked(Protocol):
    """Whether the run is to end; see ``training.asked``."""

    @property
    def to_stop(self) -> bool:
        """Keep what there is and finish."""

    def check(self) -> None:
        """Raise where the run is dropped."""


def plain_fit(estimator: Any, X: Any, y: Any, **more: Any) -> Any:
    """Call ``fit`` as a person would."""
    return estimator.fit(X, y, **more)


@dataclass(frozen=True)
class Fitted:
    """How a fit ended.

    Parameters
    ----------
    stopped
        Whether it ended early, as asked.
    """

    stopped: bool = False


@dataclass
class Watch:
    """Scores a growing model on held-out rows and reports its progress.

    Parameters
    ----------
    X, y
        Rows and targets that the model is not trained on, of the columns that the fitted estimator
        takes; None where no rows were held out.
    is_classifier
        Scored by accuracy, else by R².
    scoring
        A scorer's name, to be scored by it as well; None for none.
    report
        Given the fields of a progress report.
    log_metrics
        Given a step and metrics by name.
    warn, inform
        Given a sentence for the person whose run it is.
    train_rows
        How many rows the model is trained on.
    scorer
        Called with a model, rows and targets, in place of the one that ``scoring`` names.
    fit_params
        What ``fit`` is given besides rows and targets, such as sample weights.
    spool
        Where a search's folds are noted, and found again by the next attempt; None: nowhere.
    tell_fact
        Given what happens in a search: the event's type and its data.
    search_asked
        What people ask of a search; None: nothing.
    source
        What names the data.
    earlier
        Gives the fits of a class that earlier runs have told of.
    keeping
        Where checkpoints are kept; None where none are.
    on_scores
        Given a step and its scores, after each look.
    call_fit
        Calls ``fit`` in the one place where an untouched fit is called, with what a way adds to it.
    """

    X: Any
    y: np.ndarray | None
    is_classifier: bool
    scoring: str | None
    max_overhead: float
    asked: SaysWhatIsAsked
    report: Callable[..., None]
    log_metrics: Callable[[int, dict[str, float | None]], None]
    warn: Callable[[str], None] = print
    inform: Callable[[str], None] = print
    train_rows: int = 0
    on_scores: Callable[[int, dict[str, float | None]], None] | None = None
    processed: int = 0
    scorer: Any = None
    fit_params: dict[str, Any] = field(default_factory=dict)
    spool: Path | None = None
    tell_fact: Callable[[str, dict[str, Any]], object] = lambda _kind, _facts: None
    search_asked: SaysWhatToGiveUp | None = None
    source: str = ""
    earlier: Callable[[str], Sequence[Fit]] = lambda _estimator: ()
    keeping: Keeping | None = None
    call_fit: Callable[..., Any] = plain_fit

    def __post_init__(self) -> None:
        self.begun_s = time.perf_counter()
        self._scorer: Any = self.scorer
        self._known: np.ndarray | None = None
        self._is_broken = False
        self._all_rows: tuple[Any, np.ndarray] | None = None
        #: Changes with the rows that are scored: what was summed up for others is no use then.
        self.rows_version = 0
        self.last: dict[str, float | None] = {}
        self.steps: dict[str, int | None] | None = None
        self._fresh: dict[str, float | None] = {}
        self.fits: list[Fit] = []
        if self._scorer is None and self.scoring is not None:
            from sklearn.metrics import get_scorer

            self._scorer = get_scorer(self.scoring)

    @property
    def has_rows(self) -> bool:
        """Whether there is anything to score on, and scoring has not failed."""
        return self.y is not None and len(self.y) > 0 and not self._is_broken

    def guard(self, look: Callable[[], None]) -> None:
        """Look at a fit; what goes wrong in it ends the live scores, and never the fit.

        Parameters
        ----------
        look
            Scores with parts of scikit-learn that may differ in another version, or with a scorer
            that does not fit the data.
        """
        if not self.has_rows:
            return
        try:
            look()
        except Exception as failure:
            self._is_broken = True
            self.last = {}
            traceback.print_exc()
            self.warn(f"There are no more live scores: {type(failure).__name__}: {failure}")

    @property
    def is_thinned(self) -> bool:
        """Whether only some of the held-out rows are scored."""
        return self._all_rows is not None

    @property
    def held_out(self) -> int:
        """How many rows are held out, scored or not."""
        y = self.y if self._all_rows is None else self._all_rows[1]
        return 0 if y is None else len(y)

    def score_some(self, rows: int) -> None:
        """Score so many of the held-out rows from here on."""
        if rows >= self.held_out:
            self.score_all()
            return
        self._all_rows = self._all_rows or (self.X, np.asarray(self.y))
        self._take_rows(*some_of(*self._all_rows, rows))

    def score_all(self) -> None:
        """Score all held-out rows from here on."""
        if self._all_rows is not None:
            all_rows, self._all_rows = self._all_rows, None
            self._take_rows(*all_rows)

    def _take_rows(self, X: Any, y: np.ndarray) -> None:
        self.X, self.y = X, y
        self._known = None
        self.rows_version += 1

    @property
    def elapsed_s(self) -> float:
        """Since the fit began."""
        return time.perf_counter() - self.begun_s

    @property
    def _trained_s(self) -> float:
        """What the steps so far took, those of a checkpoint included."""
        return self.elapsed_s + (self.keeping.carried_s if self.keeping else 0.0)

    def score_classes(
        self, classes: np.ndarray, places: np.ndarray, probabilities: Callable[[], np.ndarray]
    ) -> None:
        """Score a classifier that grows.

        Parameters
        ----------
        classes
            The classes, sorted.
        places
            For each held-out row, the place of the predicted class among them.
        probabilities
            Gives the array of shape (rows, classes) where a scorer wants it.
        """
        if self._known is None:
            self._known = _places_of(self.y, classes)
        scores: dict[str, float | None] = {"live_accuracy": float(np.mean(places == self._known))}
        if self._scorer is not None:
            stand_in = stand_in_for(classes, classes[places], probabilities)
            scores |= self._by_scorer(stand_in)
        self._scored(scores)

    def score_said(self, classes: np.ndarray | None, said: np.ndarray) -> None:
        """Score what a booster says of the held-out rows.

        Parameters
        ----------
        classes
            The classes, sorted; None for a regressor.
        said
            Numbers, the probability of the second of two classes, or one column for each class.
        """
        if classes is None:
            self.score_numbers(said)
            return
        if said.ndim == 1:
            said = np.column_stack((1.0 - said, said))
        # At one half the estimator says the first class, and so does argmax.
        self.score_classes(classes, np.argmax(said, axis=1), lambda: said)

    def score_numbers(self, predicted: np.ndarray) -> None:
        """Score a regressor that grows, by what it predicts for the held-out rows."""
        scores: dict[str, float | None] = {}
        if self._scorer is not None:
            scores = self._by_scorer(stand_in_for(None, predicted, None))
        if not scores:
            from sklearn.metrics import r2_score

            r2 = finite(r2_score(self.y, predicted)) if len(predicted) > 1 else None
            scores = {"live_score": r2}
        self._scored(scores)

    def score_fitted(self, model: Any) -> None:
        """Score a model that is fitted, in one go."""
        if not self.has_rows:
            return
        scores = self._by_scorer(model) if self._scorer is not None else {}
        if self.is_classifier:
            scores["live_accuracy"] = share_right(self.y, predictions_of(model, self.X))
        elif not scores:
            self.score_numbers(predictions_of(model, self.X))
            return
        self._scored(scores)

    def note(self, name: str, value: float) -> None:
        """Note a metric of the training itself, such as a loss; told with the next step."""
        self._fresh[name] = value if math.isfinite(value) else None

    def tell(self, step: int, total: int | None, overhead: float | None) -> None:
        """Report a step, with the newest scores."""
        self.steps = {"done": step, "total": total}
        self.report(
            stage="train",
            stage_progress=None if not total else round(100.0 * step / total, 2),
            step=step,
            total_steps=total,
            throughput=round(self.train_rows * step / max(self._trained_s, 1e-9), 1),
            monitoring_overhead=None if overhead is None else round(overhead, 5),
            predictions_processed=self.processed,
            live_accuracy=self.last.get("live_accuracy"),
            live_score=self._live_score(),
        )
        # A score belongs to the step that was scored, not to those told after it.
        if self._fresh:
            self.log_metrics(step, self._fresh)
            if self.on_scores is not None:
                self.on_scores(step, self._fresh)
            self._fresh = {}

    def _live_score(self) -> dict[str, Any] | None:
        if "live_score" in self.last:
            return {"name": self.scoring or "r2", "value": self.last["live_score"]}
        if "live_accuracy" in self.last:
            return {"name": "accuracy", "value": self.last["live_accuracy"]}
        return None

    def _by_scorer(self, model: Any) -> dict[str, float | None]:
        """The scorer's live score; empty from where it has failed, and told once."""
        try:
            return {"live_score": score_by(self._scorer, model, self.X, self.y)}
        except Exception as failure:
            traceback.print_exc()
            self.warn(f"{self.scoring} cannot be measured: {type(failure).__name__}: {failure}")
            self._scorer = self.scoring = None
            return {}

    def _scored(self, scores: dict[str, float | None]) -> None:
        self.last = scores
        self._fresh |= scores
        self.processed += len(self.y) if self.y is not None else 0


def _places_of(y: np.ndarray | None, classes: np.ndarray) -> np.ndarray:
    """Where each target stands among the classes; -1 for one that was not trained on."""
    y = np.asarray(y)
    places = np.searchsorted(classes, y)
    places[places == len(classes)] = 0
    return np.where(classes[places] == y, places, -1)
