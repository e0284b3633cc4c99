"""Lines on a page image: how they lean, and their pictures cut out straight."""

from __future__ import annotations

import math

import cv2
import numpy as np

from chartstream.extraction.engines.engine import Image
from chartstream.extraction.engines.networks import Floats
from chartstream.extraction.fragments import Box

_SLIGHTEST_SKEW = 0.1
"""Degrees. Less does not show across a page, and turning costs sharpness."""


def top_down(quadrilaterals: Floats) -> Floats:
    """The lines by their centres, from top to bottom."""
    return quadrilaterals[np.argsort(quadrilaterals[:, :, 1].mean(axis=1), kind="stable")]


def skew_of(quadrilaterals: Floats) -> float:
    """By how many degrees clockwise the page has to be turned to level its lines; 0.0 where it is level.

    The median over lines, each weighing by its length; short ones, whose ends are uncertain, count for nothing.
    """
    along = (quadrilaterals[:, 1] - quadrilaterals[:, 0] + quadrilaterals[:, 2] - quadrilaterals[:, 3]) / 2
    across = quadrilaterals[:, 3] - quadrilaterals[:, 0]
    lengths = np.hypot(along[:, 0], along[:, 1])
    heights = np.hypot(across[:, 0], across[:, 1])
    long = lengths > 6 * heights
    if not long.any():
        return 0.0
    angles = np.degrees(np.arctan2(along[long, 1], along[long, 0]))
    order = np.argsort(angles)
    weights = np.cumsum(lengths[long][order])
    skew = -float(angles[order][np.searchsorted(weights, weights[-1] / 2)])
    return skew if abs(skew) >= _SLIGHTEST_SKEW else 0.0


def turning(width: int, height: int, degrees: float) -> Floats:
    """The matrix (2, 3) that turns points of a page clockwise about its centre, as ``levelled`` turns its image."""
    return np.asarray(cv2.getRotationMatrix2D((width / 2, height / 2), -degrees, 1.0), dtype=np.float32)


def levelled(image: Image, degrees: float) -> Image:
    """The page turned clockwise about its centre, in its old size; what turns in from outside is as white as paper."""
    if not degrees:
        return image
    height, width = image.shape[:2]
    paper = tuple(float(np.percentile(image[:: height // 64 + 1, :: width // 64 + 1, k], 90)) for k in range(3))
    turned = cv2.warpAffine(
        image, turning(width, height, degrees), (width, height), flags=cv2.INTER_CUBIC, borderValue=paper
    )
    return np.asarray(turned, dtype=np.uint8)


def cut(image: Image, quadrilateral: Floats) -> Image:
    """The part of the image within, made a rectangle; shape (height, width, 3), at least one pixel each way."""
    upper, lower = quadrilateral[1] - quadrilateral[0], quadrilateral[2] - quadrilateral[3]
    left, right = quadrilateral[3] - quadrilateral[0], quadrilateral[2] - quadrilateral[1]
    width = max(1, round(max(math.hypot(*upper), math.hypot(*lower))))
    height = max(1, round(max(math.hypot(*left), math.hypot(*right))))
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], dtype=np.float32)
    matrix = cv2.getPerspectiveTransform(quadrilateral, corners)
    straight = cv2.warpPerspective(
        image, matrix, (width, height), borderMode=cv2.BORDER_REPLICATE, flags=cv2.INTER_CUBIC
    )
    return np.asarray(straight, dtype=np.uint8)


def part(quadrilateral: Floats, begin: float, end: float, top: float, bottom: float) -> Floats:
    """The quadrilateral of a part, given by shares (0 to 1) of the whole's width and height."""

    def at(across: float, down: float) -> Floats:
        upper = quadrilateral[0] + (quadrilateral[1] - quadrilateral[0]) * across
        lower = quadrilateral[3] + (quadrilateral[2] - quadrilateral[3]) * across
        return np.asarray(upper + (lower - upper) * down, dtype=np.float32)

    return np.array([at(begin, top), at(end, top), at(end, bottom), at(begin, bottom)], dtype=np.float32)


def box_of(quadrilateral: Floats, matrix: Floats) -> Box:
    """The upright rectangle around a quadrilateral after the turn by ``matrix`` (2, 3)."""
    moved = quadrilateral @ matrix[:, :2].T + matrix[:, 2]
    (x0, y0), (x1, y1) = moved.min(axis=0), moved.max(axis=0)
    return Box(float(x0), float(y0), float(x1), float(y1))
