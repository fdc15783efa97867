"""What fits are going to cost, from fits that are done: in this run, and in earlier ones.

A Gaussian process over the logarithm of the seconds (Rasmussen and Williams, *Gaussian Processes
for Machine Learning*, 2006, chapter 2, with the linear terms of section 2.7). What two fits have in
common, and how much that says, is the sum of:

- powers of what the cost goes with, likely ones before anything was seen (``cost_features``);
- a bend in each of them, and one in all, smaller again and different from run to run;
- the data, the run (another load, another machine) and the candidate, each with a share of its own.

So a first fold already says something of all others, earlier runs count as long as nothing is seen
here, and how unsure a sum of such costs is comes with it. A fold that something held up is noise: a
fit far from what all others say loses weight (Student's t, by reweighted least squares).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from .cost_features import MEMBERS, exponent_of, features_of

KNOWN_LIMIT = 140  # fits that are compared with each other: some milliseconds
_LEVEL = 4.0  # the logarithm of a cost that nothing is known of: anything from days to milliseconds
_BEND, _BEND_OF_ALL, _BEND_OF_RUN = 0.25, 0.15, 0.15
_SOURCE, _RUN, _CANDIDATE, _WORD = 0.3, 0.2, 0.08, 0.4
_WEAK = 0.5
_FIXED_S = 0.0005  # of a tree, an iteration or a fit: what Python and its checks take in any case
_NOISES = (0.02, 0.05, 0.1, 0.2, 0.4)
_BENDS = (0.5, 1.0, 2.0)
_FREEDOM = 4.0


@dataclass(frozen=True)
class Fit:
    """One fit, done or to come.

    Parameters
    ----------
    params
        What its cost may go with (``driving_params``).
    source
        What names its data.
    run
        What names its run; that of the fits to come is empty.
    candidate
        Its candidate's place in its search; folds of one share what is particular to it.
    seconds
        What it took; 0 for one to come.
    """

    params: dict[str, Any]
    rows: float
    columns: float
    source: str = ""
    run: str = ""
    candidate: int = 0
    seconds: float = 0.0
    weight: float = 1.0


@dataclass
class Costs:
    """What some fits to come are expected to cost, as a joint normal distribution of logarithms.

    Parameters
    ----------
    mean, covariance
        Of what belongs to each fit's parameters.
    noise
        Standard deviation of what else happens to a single fit.
    """

    mean: np.ndarray
    covariance: np.ndarray
    noise: float


def expect(known: Sequence[Fit], coming: Sequence[Fit], estimator: str) -> Costs:
    """What fits to come are likely to cost.

    Parameters
    ----------
    known
        Fits of the same class that are done, this run's last; with none, nothing is likely.
    coming
        What is wanted.
    estimator
        Their class.
    """
    known = list(known)[-KNOWN_LIMIT:]
    space = _Space([*known, *coming], estimator)
    done, wanted = np.arange(len(known)), np.arange(len(known), len(known) + len(coming))
    seconds = np.log(np.maximum([fit.seconds for fit in known], 1e-5))
    residual = seconds - space.trend[done]
    centre = float(np.median(residual))
    residual = residual - centre
    counts = np.array([fit.weight for fit in known])
    bend, noise = _likeliest(space, done, residual, counts)
    within = space.covariance(done, done, bend)
    weights = np.ones(len(known))
    for _ in range(2):
        factor = np.linalg.cholesky(within + np.diag(noise**2 / (weights * counts) + 1e-8))
        solved = _solve(factor, residual)
        off = noise**2 / (weights * counts) * solved  # what of each the noise has to explain
        weights = (_FREEDOM + 1) / (_FREEDOM + off**2 * counts / noise**2)
        weights = np.minimum(1.0, weights)
    factor = np.linalg.cholesky(within + np.diag(noise**2 / (weights * counts) + 1e-8))
    across = space.covariance(done, wanted, bend)
    mean = space.trend[wanted] + centre + across.T @ _solve(factor, residual)
    half = np.linalg.solve(factor, across)
    covariance = space.covariance(wanted, wanted, bend) - half.T @ half
    return Costs(mean, covariance, noise)


def _likeliest(
    space: _Space, done: np.ndarray, residual: np.ndarray, counts: np.ndarray
) -> tuple[float, float]:
    """How much costs bend, and how far a single fit is off, by what is known: the likeliest."""
    best, found = -np.inf, (1.0, 0.1)
    for bend in _BENDS:
        within = space.covariance(done, done, bend)
        for noise in _NOISES:
            factor = np.linalg.cholesky(within + np.diag(noise**2 / counts + 1e-8))
            white = np.linalg.solve(factor, residual)
            # Student's t in the place of a normal distribution: one outlier is not noise in all.
            size = len(residual)
            fit = -0.5 * (_FREEDOM + size) * np.log1p(white @ white / _FREEDOM)
            prior = -0.5 * (np.log(noise / 0.07) / 0.8) ** 2 - 0.5 * (np.log(bend) / 0.7) ** 2
            likelihood = fit - np.log(np.diag(factor)).sum() + prior
            if likelihood > best:
                best, found = likelihood, (bend, noise)
    return found


def _solve(factor: np.ndarray, values: np.ndarray) -> np.ndarray:
    return np.linalg.solve(factor.T, np.linalg.solve(factor, values))


class _Space:
    """Fits as points, and how much each says of each other."""

    def __init__(self, fits: Sequence[Fit], estimator: str) -> None:
        read = [features_of(fit.params, fit.rows, fit.columns, estimator) for fit in fits]
        names = sorted({name for numbers, _ in read for name in numbers})
        table = np.array([[numbers.get(name, np.nan) for name in names] for numbers, _ in read])
        # What a fit does not say, it has as the others have it.
        middle = np.nanmean(table, axis=0)
        table = np.where(np.isnan(table), middle, table)
        moves = np.ptp(table, axis=0) > 1e-9
        self._points = (table - middle)[:, moves]
        exponents = [exponent_of(names[at], estimator) for at in np.flatnonzero(moves)]
        means = np.array([mean for mean, _ in exponents] or np.zeros(0))
        counts = np.array([name.rpartition("__")[2] in MEMBERS for name in names])[moves]
        self.trend = self._points @ np.where(counts, means, _felt(fits) * means)
        reach = np.ptp(self._points, axis=0) if self._points.size else np.zeros(0)
        # What a cost does not surely go with is searched over many powers of ten for good reason.
        most = np.array([np.inf if mean else _WEAK for mean, _ in exponents] or np.zeros(0))
        self._slopes = np.minimum([error for _, error in exponents], most / np.maximum(reach, 1e-9))
        self._lengths = np.maximum(0.7, 0.4 * reach)
        kinds = sorted({name for _, words in read for name in words})
        self._words = [_places([words.get(name, "") for _, words in read]) for name in kinds]
        self._words = [places for places in self._words if np.ptp(places)]
        self._runs = _places([fit.run for fit in fits])
        self._sources = _places([fit.source for fit in fits])
        self._candidates = _places([f"{fit.run} {fit.candidate}" for fit in fits])

    def covariance(self, left: np.ndarray, right: np.ndarray, bend: float) -> np.ndarray:
        """How the costs of two sets of fits go together."""
        a, b = self._points[left], self._points[right]
        apart = (a[:, None, :] - b[None, :, :]) / self._lengths
        bends = np.exp(-0.5 * apart**2)
        same_run = self._same(self._runs, left, right)
        of_all = np.exp(-0.5 * (apart**2).sum(axis=2))
        found = _LEVEL**2 + (a * self._slopes**2) @ b.T
        found += bend**2 * (_BEND**2 * bends.sum(axis=2) + _BEND_OF_ALL**2 * of_all)
        found += bend**2 * _BEND_OF_RUN**2 * of_all * same_run
        found += _RUN**2 * same_run + _SOURCE**2 * self._same(self._sources, left, right)
        found += _CANDIDATE**2 * self._same(self._candidates, left, right)
        for places in self._words:
            found += _WORD**2 * self._same(places, left, right)
        return found

    @staticmethod
    def _same(places: np.ndarray, left: np.ndarray, right: np.ndarray) -> np.ndarray:
        return (places[left][:, None] == places[right][None, :]).astype(float)


def _felt(fits: Sequence[Fit]) -> float:
    """How much of a member's cost goes with its data: of one that is over at once, little."""
    each = [fit.seconds / _members(fit) for fit in fits if fit.seconds > 0]
    member_s = float(np.median(each)) if each else 1.0
    return member_s / (member_s + _FIXED_S)


def _members(fit: Fit) -> float:
    counts = [
        value
        for name, value in fit.params.items()
        if name.rpartition("__")[2] in MEMBERS and isinstance(value, int) and value > 0
    ]
    return float(counts[0]) if counts else 1.0


def _places(words: Sequence[str]) -> np.ndarray:
    """Each word as a number, the same for the same."""
    return np.unique(np.array(words), return_inverse=True)[1]
