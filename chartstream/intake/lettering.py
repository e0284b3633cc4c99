"""The letters of a page image as boxes: what resolution, turn and slant are measured from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
from cv2.typing import MatLike

Grey = MatLike
"""A page of shape (height, width) in bytes, 0 black."""
Numbers = npt.NDArray[np.floating[Any]]

ENOUGH_LETTERS = 40
"""Fewer say nothing of a page: a logo, a stamp, a page number."""

_LARGEST_SHARE = 0.1  # of the page's height: what is larger is a picture or a frame
_LEAST_SIDE = 3
_LEAST_AREA = 6
_SLIMMEST, _WIDEST = 0.15, 4.0  # width by height; beyond it rules and dashes
_MANY, _MANY_FOR_A_GUESS = 4000, 800  # letters beyond this make no measurement better, only slower

MAX_SLANT = 15.0
_COARSE_STEP, _FINE_STEP = 0.5, 0.05


@dataclass(frozen=True, slots=True)
class Letters:
    """Boxes of what looks like a letter: left, top, width and height of each, in pixels."""

    left: Numbers
    top: Numbers
    width: Numbers
    height: Numbers

    def __len__(self) -> int:
        return len(self.left)


def letters_of(ink: Grey) -> Letters:
    """The letters of a page; ``ink`` is not zero where it is printed on. Touching letters count as one."""
    _, _, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8, ltype=cv2.CV_32S)
    boxes = stats[1:].astype(np.float64)
    width, height, area = boxes[:, 2], boxes[:, 3], boxes[:, 4]
    longest, shortest = np.maximum(width, height), np.minimum(width, height)
    fits = (
        (shortest >= _LEAST_SIDE)
        & (area >= _LEAST_AREA)
        & (longest <= _LARGEST_SHARE * max(ink.shape))
        & (width / height >= _SLIMMEST)
        & (width / height <= _WIDEST)
    )
    kept = boxes[fits]
    kept = kept[:: len(kept) // _MANY + 1]
    return Letters(kept[:, 0], kept[:, 1], kept[:, 2], kept[:, 3])


@dataclass(frozen=True, slots=True)
class Lines:
    """How lines of print run: ``sideways`` when up or down the page, and their slant in degrees, clockwise, against
    the nearer edge of the page (at most ``MAX_SLANT`` either way).
    """

    sideways: bool
    slant: float


def lines_of(letters: Letters) -> Lines:
    """Where letters stand in line best. Which of the two ways a line is read is not seen here."""
    along = _best_slant(letters.left + letters.width / 2, (letters.top, letters.top + letters.height))
    across = _best_slant(letters.top + letters.height / 2, (letters.left, letters.left + letters.width))
    if along[0] >= across[0]:
        return Lines(sideways=False, slant=along[1])
    return Lines(sideways=True, slant=-across[1])


def small_letter_height(letters: Letters, *, sideways: bool) -> float:
    """Height in pixels of letters without ascenders (the x-height): the lowest of the heights that are common.

    Weighed by area, or the grain of a noisy page would outnumber its letters.
    """
    heights = letters.width if sideways else letters.height
    counts = np.bincount(heights.astype(int), weights=heights**2, minlength=8)
    smooth = np.convolve(counts, (1.0, 2.0, 1.0), mode="same")
    peaks = [
        h
        for h in range(_LEAST_SIDE, len(smooth) - 1)
        if smooth[h] >= smooth[h - 1] and smooth[h] > smooth[h + 1] and smooth[h] >= 0.5 * smooth[_LEAST_SIDE:].max()
    ]
    peak = peaks[0] if peaks else int(np.median(heights))
    around = np.arange(max(peak - 1, 0), min(peak + 2, len(counts)))
    weights = counts[around]
    return float((around * weights).sum() / weights.sum()) if weights.sum() else float(peak)


def _best_slant(position: Numbers, edges: tuple[Numbers, Numbers]) -> tuple[float, float]:
    """The most that either edge of letters lines up, and the slant at which it does."""
    size = float(np.median(edges[1] - edges[0]))
    few = len(position) // _MANY_FOR_A_GUESS + 1
    found = []
    for edge in edges:
        slants = np.arange(-MAX_SLANT, MAX_SLANT + _COARSE_STEP, _COARSE_STEP)
        _, coarse = _aligned(position[::few], edge[::few], slants, size / 2)
        near = coarse + np.arange(-_COARSE_STEP, _COARSE_STEP + _FINE_STEP, _FINE_STEP)
        found.append(_aligned(position, edge, near, size / 6))
    return max(found)


def _aligned(position: Numbers, edge: Numbers, slants: Numbers, line: float) -> tuple[float, float]:
    """The best of some slants: how many letters share a letter's line there, ``line`` pixels wide, and the slant."""
    scores = []
    for slant in slants:
        offset = (edge - position * np.tan(np.radians(slant))) / max(line, 1.0)
        counts = np.bincount((offset - offset.min()).astype(int)).astype(float)
        scores.append(float((counts**2).sum()) / len(edge))
    best = int(np.argmax(scores))
    return scores[best], float(slants[best])
