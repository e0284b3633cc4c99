"""Which way up: the network's word where it is sure, the lines' where it is not."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from chartstream.extraction.engines.engine import Image
from chartstream.extraction.engines.glyphs import Glyph
from chartstream.extraction.engines.networks import Floats
from chartstream.extraction.engines.upright import turned, upright

LINE = (slice(100, 120), slice(50, 450))
"""Rows and columns of the only line of the page; its left end is darker than its right."""


def page() -> Image:
    image = np.full((800, 600, 3), 255, dtype=np.uint8)
    image[LINE] = np.linspace(0, 200, 400).astype(np.uint8)[None, :, None]
    return image


@dataclass
class Finder:
    """Says what it is told of the page, and finds its line wherever that is."""

    counter_clockwise: int
    score: float

    def orientation(self, image: Image) -> tuple[int, float]:
        return self.counter_clockwise, self.score

    def detect(self, image: Image, longest_side: int, unclip_ratio: float) -> Floats:
        rows, columns = np.nonzero(image[:, :, 0] < 250)
        if not len(rows):
            return np.zeros((0, 4, 2), dtype=np.float32)
        x0, y0, x1, y1 = columns.min(), rows.min(), columns.max() + 1, rows.max() + 1
        return np.array([[[x0, y0], [x1, y0], [x1, y1], [x0, y1]]], dtype=np.float32)


class LeftToRight:
    """Is sure of lines that grow lighter from left to right."""

    def read(self, line: Image) -> tuple[Glyph, ...]:
        upright_line = line[:, :10].mean() < line[:, -10:].mean()
        return (Glyph("a", 0.9 if upright_line else 0.3, 0.1, 0.2),)


@pytest.mark.parametrize("stands", [0, 90, 180, 270])
@pytest.mark.parametrize("judged", [0, 90, 180, 270])
def test_an_unsure_judgement_is_checked_against_the_lines(stands: int, judged: int) -> None:
    given = turned(page(), -stands % 360)
    found = upright(given, Finder(judged, 0.4), LeftToRight(), 960, 2.0)
    assert found.rotation == stands
    assert np.array_equal(found.image, page())
    assert found.lines.tolist() == [[[50, 100], [450, 100], [450, 120], [50, 120]]]


def test_a_sure_judgement_stands() -> None:
    found = upright(turned(page(), 270), Finder(270, 0.92), LeftToRight(), 960, 2.0)
    assert found.rotation == 90
    assert np.array_equal(found.image, page())


def test_a_page_without_lines_is_not_turned() -> None:
    blank = np.full((800, 600, 3), 255, dtype=np.uint8)
    found = upright(blank, Finder(180, 0.3), LeftToRight(), 960, 2.0)
    assert found.rotation == 0
    assert found.image is blank
