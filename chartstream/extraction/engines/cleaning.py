"""What a page image needs before it is read, and no more: a clean page stays as it is.

Three things are measured on the grey page: its size, how grainy its paper is and how evenly it is lit. Each bound
lies far from what pages of its kind show (docs/explanation/reading-images.md has the figures).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from chartstream.extraction.engines.engine import Image

Grey = NDArray[np.uint8]
"""Shape (height, width), 0 black to 255 white."""

_COARSE = 1200
"""Pixels of the longer side. A page of fewer (letter at 110 dpi) has letters too small to read."""

_ENLARGEMENT = 2.0

_TILE = 32
_NOISY = 4.0
"""Grain. A noisy scan has 8, a photograph 1, a clean scan and a thresholded fax none."""

_DITHERED = 0.03
"""Share of dots. Dithered paper has .07, a noisy scan with salt and pepper .006."""

_STRAY_DOT = 60
_SOFTENING = 1.2  # pixels; .8 leaves half as many errors again

_SCATTER = 3.0
_BLACK = 30

_DIM = 235
"""Grey below which paper counts as unevenly lit or not white; then the light is evened."""


_INK, _PAPER = 60, 195
_EDGED = 0.003
"""Share of greys between ink and paper. Clean pages have .01 to .04, black and white ones none."""


@dataclass(frozen=True, slots=True)
class CleanPage:
    """A page made fit for reading. ``scale``: its pixels to one of the page it was made from. ``pristine``: nothing was
    wrong with it, and its letters have the grey edges that a fax loses.
    """

    image: Image
    scale: float = 1.0
    pristine: bool = False


def cleaned(page: Image) -> CleanPage:
    """The page as the networks read it best; the very page where nothing is wrong with it."""
    grey = np.asarray(cv2.cvtColor(page, cv2.COLOR_RGB2GRAY), dtype=np.uint8)
    if max(grey.shape) < _COARSE:
        larger = cv2.resize(grey, None, fx=_ENLARGEMENT, fy=_ENLARGEMENT, interpolation=cv2.INTER_LANCZOS4)
        return CleanPage(_coloured(larger), _ENLARGEMENT)
    grain, dots = grain_of(grey)
    if dots >= _DITHERED:
        return CleanPage(_coloured(_undithered(grey)))
    if grain >= _NOISY:
        return CleanPage(_coloured(_denoised(grey)))
    if paper_of(grey) < _DIM:
        return CleanPage(_coloured(_evenly_lit(grey)))
    return CleanPage(page, pristine=_edged(grey) >= _EDGED)


def grain_of(grey: Grey) -> tuple[float, float]:
    """How far, on average, a pixel of bare paper is from the median of its neighbours, and the share of stray dots.

    Taken where the page is calmest but for a fifth, so that print does not count and a blank margin is no proof.
    """
    height, width = (side // _TILE * _TILE for side in grey.shape)
    if not height or not width:
        return 0.0, 0.0
    away = cv2.absdiff(grey, cv2.medianBlur(grey, 3))[:height, :width]
    tiles = away.reshape(height // _TILE, _TILE, width // _TILE, _TILE)
    grain = np.percentile(tiles.mean(axis=(1, 3)), 20)
    dots = np.percentile((tiles > _STRAY_DOT).mean(axis=(1, 3)), 20)
    return float(grain), float(dots)


def _edged(grey: Grey) -> float:
    """Share of pixels that are neither ink nor paper."""
    return float(((grey > _INK) & (grey < _PAPER)).mean())


def paper_of(grey: Grey) -> float:
    """How white the darkest tenth of the paper is, 0 to 255; print is looked past."""
    return float(np.percentile(_light(grey), 10))


def _light(grey: Grey) -> Grey:
    """The light that falls on the paper, at an eighth of the page's size: the page without anything narrow and dark."""
    small = cv2.resize(grey, None, fx=0.125, fy=0.125, interpolation=cv2.INTER_AREA)
    paper = cv2.morphologyEx(small, cv2.MORPH_CLOSE, np.ones((9, 9), dtype=np.uint8))
    return np.asarray(cv2.GaussianBlur(paper, (0, 0), 5), dtype=np.uint8)


def _evenly_lit(grey: Grey) -> Grey:
    height, width = grey.shape
    light = cv2.resize(_light(grey), (width, height), interpolation=cv2.INTER_LINEAR).astype(np.float32)
    return np.asarray(np.clip(grey * (245 / np.maximum(light, 40)), 0, 255), dtype=np.uint8)


def _undithered(grey: Grey) -> Grey:
    """Dots melted into greys again, then stretched until paper is white.

    White is where the scatter of paper ends: were it the median of paper, what is left of the scatter would hide short
    lines from the detection (a third of all table cells).
    """
    soft = cv2.GaussianBlur(grey, (0, 0), _SOFTENING).astype(np.float32)
    middle, high = np.percentile(soft[::4, ::4], [60, 96])
    white = middle - _SCATTER * (high - middle)
    return np.asarray(np.clip((soft - _BLACK) * (255 / max(white - _BLACK, 1)), 0, 255), dtype=np.uint8)


def _denoised(grey: Grey) -> Grey:
    """Without salt and pepper, then without grain; strokes keep their edges, which any blur would take."""
    median = cv2.medianBlur(grey, 3)
    without_dots = np.where(cv2.absdiff(grey, median) > _STRAY_DOT, median, grey)
    return np.asarray(cv2.fastNlMeansDenoising(without_dots, None, 15, 3, 11), dtype=np.uint8)


def _coloured(grey: Any) -> Image:
    return np.asarray(cv2.cvtColor(grey, cv2.COLOR_GRAY2RGB), dtype=np.uint8)
