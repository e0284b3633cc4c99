"""Logistic regression whose penalty (L2) pulls the weights to prior ones, and how its strength is chosen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

PENALTIES: Final = (4.0, 8.0, 16.0, 32.0)
FOLDS: Final = 10
_STEPS: Final = 50
_NEGLIGIBLE: Final = 1e-8

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Example:
    """One judged code: the note that it is of, its features, whether it is right."""

    note: str
    features: dict[str, float]
    right: bool


@dataclass(frozen=True, slots=True)
class Fitted:
    """Log odds are ``base`` plus the features times their weights. ``loss``: log loss an example, held out."""

    base: float
    weights: dict[str, float]
    penalty: float
    loss: float

    def probability(self, features: dict[str, float]) -> float:
        """The probability of being right."""
        odds = self.base + sum(weight * features.get(name, 0.0) for name, weight in self.weights.items())
        return float(1 / (1 + np.exp(-odds)))


def fit(examples: Sequence[Example], names: Sequence[str], priors: Mapping[str, float]) -> Fitted:
    """The model on ``names``, its penalty the one with the least loss where whole notes are held out."""
    values, right = _matrix(examples, names), np.array([e.right for e in examples], dtype=float)
    folds, prior = _folds(examples), np.array([0.0, *(priors.get(name, 0.0) for name in names)])
    losses = {penalty: _held_out(values, right, folds, prior, penalty) for penalty in PENALTIES}
    penalty = min(losses, key=losses.__getitem__)
    solved = _solve(values, right, prior, penalty)
    weights = {name: round(float(w), 3) for name, w in zip(names, solved[1:], strict=True)}
    return Fitted(round(float(solved[0]), 3), weights, penalty, losses[penalty])


def _matrix(examples: Sequence[Example], names: Sequence[str]) -> Array:
    rows = [[1.0, *(e.features.get(name, 0.0) for name in names)] for e in examples]
    return np.array(rows, dtype=float)


def _folds(examples: Sequence[Example]) -> NDArray[np.int64]:
    """The fold of each example: notes in turn, in the order of their names, so that it depends on nothing else."""
    place = {note: at % FOLDS for at, note in enumerate(sorted({e.note for e in examples}))}
    return np.array([place[e.note] for e in examples])


def _held_out(values: Array, right: Array, folds: NDArray[np.int64], prior: Array, penalty: float) -> float:
    total = 0.0
    for fold in range(FOLDS):
        held = folds == fold
        solved = _solve(values[~held], right[~held], prior, penalty)
        p = np.clip(_sigmoid(values[held] @ solved), 1e-6, 1 - 1e-6)
        total -= float(np.sum(right[held] * np.log(p) + (1 - right[held]) * np.log(1 - p)))
    return total / len(right)


def _solve(values: Array, right: Array, prior: Array, penalty: float) -> Array:
    """Newton's method; the first column, which is all ones, is not penalised."""
    solved = prior.copy()
    ridge = penalty * np.eye(values.shape[1])
    ridge[0, 0] = 1e-6  # only so that the system can be solved where all are right
    for _ in range(_STEPS):
        p = _sigmoid(values @ solved)
        gradient = values.T @ (right - p) - ridge @ (solved - prior)
        hessian = (values * (p * (1 - p))[:, None]).T @ values + ridge
        step = np.linalg.solve(hessian, gradient)
        solved = solved + step
        if float(np.abs(step).max()) < _NEGLIGIBLE:
            break
    return solved


def _sigmoid(odds: Array) -> Array:
    clipped = np.clip(odds, -30, 30)
    return np.asarray(1 / (1 + np.exp(-clipped)), dtype=float)
