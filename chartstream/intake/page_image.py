"""What is measured on the image of a page: printed share, contrast, blur, lettering."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from chartstream.intake.lettering import ENOUGH_LETTERS, Grey, letters_of, lines_of, small_letter_height

_WORKING_HEIGHT = 1400  # a letter page at 125 dpi is measured as it is, finer ones are reduced first
_MARGIN = 0.02  # of each side: scanners leave dark borders
_PAPER_CELL = 8
_FAINTEST = 13.0  # grey levels below paper: less is grain
_GRAINY = 4.0  # grey levels: grain beyond it would pass for dots
_INK_DEPTH = 0.55  # the share of the way from paper to the darkest ink beyond which a pixel is ink
_BODY_X_HEIGHT_POINTS = 5.6  # of 10 and 11 point body text in common faces, with what thresholding adds
POINTS_PER_INCH = 72


@dataclass(frozen=True, slots=True)
class Lettering:
    """What is measured on letters: the resolution at which body text has the height found, whether lines run up or
    down the page, their slant in degrees, and the width of letters' edges in percent of a small letter's height.
    """

    text_dpi: float
    sideways: bool
    skew: float
    blur: float


@dataclass(frozen=True, slots=True)
class PageMeasures:
    """Printed share of the page and contrast in percent; no lettering on a page with too few letters."""

    ink: float
    contrast: float
    lettering: Lettering | None = None


def measure(page: Grey) -> PageMeasures:
    """Measure a page image of shape (height, width), 0 black."""
    grey, reduction = _reduced(page)
    depth = cv2.subtract(_paper(grey), grey)
    smooth = cv2.blur(depth, (3, 3))
    deepest = _percentile(smooth, 99.8)
    if deepest < _FAINTEST:
        return PageMeasures(0.0, 100.0 * deepest / 255)
    if _percentile(cv2.absdiff(depth, smooth), 50) > _GRAINY:
        depth = cv2.medianBlur(depth, 3)
    _, ink = cv2.threshold(depth, _INK_DEPTH * deepest, 255, cv2.THRESH_BINARY)
    share = 100.0 * cv2.countNonZero(ink) / ink.size
    contrast = 100.0 * _percentile(depth, 75, ink) / 255
    letters = letters_of(ink)
    if len(letters) < ENOUGH_LETTERS:
        return PageMeasures(share, contrast)
    lines = lines_of(letters)
    x_height = small_letter_height(letters, sideways=lines.sideways)
    return PageMeasures(
        share,
        contrast,
        Lettering(
            text_dpi=x_height * reduction / _BODY_X_HEIGHT_POINTS * POINTS_PER_INCH,
            sideways=lines.sideways,
            skew=abs(lines.slant),
            blur=100.0 * _edge_width(depth, ink) / x_height,
        ),
    )


def _reduced(page: Grey) -> tuple[Grey, float]:
    """The page without its margins, at working size, and how many of its pixels went into one."""
    down, across = (round(side * _MARGIN) for side in page.shape)
    inner = np.ascontiguousarray(page[down : page.shape[0] - down, across : page.shape[1] - across])
    reduction = max(inner.shape) / _WORKING_HEIGHT
    return (inner, 1.0) if reduction <= 1.0 else (reduced(inner, reduction), reduction)


def reduced(page: Grey, reduction: float) -> Grey:
    """The page at a fraction of its size. By whole steps first: only those are averaged quickly."""
    whole = int(reduction)
    height, width = page.shape
    if whole > 1 and min(height, width) >= whole:
        cropped = page[: height - height % whole, : width - width % whole]
        page = cv2.resize(cropped, (width // whole, height // whole), interpolation=cv2.INTER_AREA)
    size = (max(int(width / reduction), 1), max(int(height / reduction), 1))
    return cv2.resize(page, size, interpolation=cv2.INTER_LINEAR)


def _paper(grey: Grey) -> Grey:
    """The brightness of the paper at every pixel: shadows and folds of a photograph are no ink."""
    around = cv2.dilate(reduced(grey, _PAPER_CELL), np.ones((9, 9), np.uint8))
    smooth = cv2.blur(around, (9, 9))
    return cv2.resize(smooth, (grey.shape[1], grey.shape[0]), interpolation=cv2.INTER_LINEAR)


def _percentile(values: Grey, percent: float, where: Grey | None = None) -> float:
    """Of a quarter of the grey levels, by their histogram: sorting millions of them would take longer than all else."""
    sample, mask = np.ascontiguousarray(values[::2, ::2]), None if where is None else where[::2, ::2]
    if mask is not None:
        sample = sample[mask > 0].reshape(-1, 1)
    if not sample.size:
        return 0.0
    counts = cv2.calcHist([sample], [0], None, [256], [0, 256]).ravel().cumsum()
    return float(np.searchsorted(counts, percent / 100 * counts[-1]))


def _edge_width(depth: Grey, ink: Grey) -> float:
    """Pixels from paper to ink across the sharper edges of letters."""
    edge = cv2.morphologyEx(ink, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8))
    across = cv2.convertScaleAbs(cv2.Sobel(depth, cv2.CV_16S, 1, 0), alpha=1 / 8)
    down = cv2.convertScaleAbs(cv2.Sobel(depth, cv2.CV_16S, 0, 1), alpha=1 / 8)
    steepest = _percentile(cv2.max(across, down), 85, edge)
    return _percentile(depth, 98, ink) / max(steepest, 1.0)
