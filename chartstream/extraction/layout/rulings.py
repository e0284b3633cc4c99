"""Straight lines on the image of a page, found by morphology."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from chartstream.extraction.fragments import Box, Word

_WIDE = 850  # pixels across at least at which lines are looked for: 100 dpi on a letter page
_LONGEST_STROKE = 1 / 22  # of the page's width; letters have no longer horizontal strokes
_HIGHEST_STROKE = 1 / 28  # of the page's width: more than a line of text and the rulings about it, less than two
_BESIDE = 3  # pixels from a line to where it must be light
_MOST_STROKES = 0.15  # of its length
_CORE = 0.15  # of a word's height at its top and foot: there a line may touch it
_OF_LETTERS = 0.5  # of a line's length within words
_MOST = 600  # lines; more are a pattern or a picture


def rulings_of(image: NDArray[np.uint8]) -> tuple[Box, ...]:
    """Horizontal and vertical lines of a page image (height, width, 3) as thin boxes in its pixels."""
    width = image.shape[1]
    step = max(width // _WIDE, 1)
    grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
    if step > 1:
        # The darkest pixel of each patch survives: a line of one pixel would fade in the mean.
        grey = np.ascontiguousarray(cv2.erode(grey, np.ones((step, step), np.uint8))[::step, ::step])
    dark = cv2.adaptiveThreshold(grey, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, 31, 12)
    across = _runs(dark, (max(round(grey.shape[1] * _LONGEST_STROKE), 12), 1))
    down = _runs(dark, (1, max(round(grey.shape[1] * _HIGHEST_STROKE), 12)))
    if len(across) + len(down) > _MOST:
        return ()
    return tuple(box.scaled(step) for box in (*across, *down))


def not_of_letters(rulings: Sequence[Box], words: Sequence[Word]) -> list[Box]:
    """The rulings but for those that are rows of letters: on a blurred page these run together into lines."""
    if not rulings or not words:
        return list(rulings)
    x0, y0, x1, y1 = np.array([(w.box.x0, w.box.y0, w.box.x1, w.box.y1) for w in words]).T
    margin = _CORE * (y1 - y0)
    kept = []
    for ruling in rulings:
        middle = (ruling.y0 + ruling.y1) / 2
        through = (y0 + margin < middle) & (middle < y1 - margin)
        covered = np.clip(np.minimum(x1, ruling.x1) - np.maximum(x0, ruling.x0), 0, None)[through].sum()
        if ruling.height > ruling.width or covered < _OF_LETTERS * ruling.width:
            kept.append(ruling)
    return kept


def _runs(dark: Any, kernel: tuple[int, int]) -> list[Box]:
    wide = kernel[0] > kernel[1]
    # A slight slant steps over pixel rows: closing across joins the steps.
    thick = cv2.dilate(dark, np.ones((2, 1) if wide else (1, 2), np.uint8))
    gapless = cv2.morphologyEx(thick, cv2.MORPH_CLOSE, np.ones((1, 3) if wide else (3, 1), np.uint8))
    opened = cv2.morphologyEx(gapless, cv2.MORPH_OPEN, np.ones((kernel[1], kernel[0]), np.uint8))
    count, _, found, _ = cv2.connectedComponentsWithStats(opened, connectivity=8)
    boxes = []
    for index in range(1, count):
        x, y, w, h = (int(found[index, side]) for side in range(4))
        thin = w >= 6 * h if wide else h >= 6 * w
        if thin and _stands_free(dark if wide else dark.T, (x, y, w, h) if wide else (y, x, h, w)):
            boxes.append(Box(x, y, x + w, y + h))
    return boxes


def _stands_free(dark: Any, place: tuple[int, int, int, int]) -> bool:
    """Whether it is light above and below a line: in a row of letters, strokes rise from it or hang on it."""
    x, y, w, h = place
    above, below = dark[max(y - _BESIDE, 0), x : x + w], dark[min(y + h - 1 + _BESIDE, len(dark) - 1), x : x + w]
    return bool(np.mean(above > 0) <= _MOST_STROKES and np.mean(below > 0) <= _MOST_STROKES)
