"""Which way up a page is, and where its lines are.

A network judges the page as a whole. Where it is not sure, as on sparse or dithered pages, the lines themselves decide:
lines that stand on end tell a quarter turn, and a few of them are read both ways up.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from chartstream.extraction.engines.cascade import Reader
from chartstream.extraction.engines.engine import Image
from chartstream.extraction.engines.geometry import cut
from chartstream.extraction.engines.networks import Floats

_SURE = 0.85
"""Of 45 judgements above this none was wrong; below it were a dithered page called upside down and sparse pages."""

_READ_BOTH_WAYS = 6


class Finder(Protocol):
    """What is asked of the networks; see ``networks.Networks``."""

    def orientation(self, image: Image) -> tuple[int, float]:
        """By how many degrees counter-clockwise the page stands turned, and how sure that is."""
        ...

    def detect(self, image: Image, longest_side: int, unclip_ratio: float) -> Floats:
        """Quadrilaterals around lines."""
        ...


@dataclass(frozen=True, slots=True)
class Upright:
    """A page turned by ``rotation`` degrees (0, 90, 180, 270) clockwise to stand upright, and its lines there."""

    image: Image
    rotation: int
    lines: Floats


def upright(page: Image, finder: Finder, reader: Reader, longest_side: int, unclip_ratio: float) -> Upright:
    """Find the lines of a page, whichever way up it is; a page without lines stays as it is."""

    def found(rotation: int) -> Upright:
        image = turned(page, rotation)
        return Upright(image, rotation, finder.detect(image, longest_side, unclip_ratio))

    counter_clockwise, score = finder.orientation(page)
    guess = found(-counter_clockwise % 360)
    if score >= _SURE:
        return guess
    if not len(guess.lines):
        return Upright(page, 0, guess.lines)
    if _stand_on_end(guess.lines):
        guess = found((guess.rotation + 90) % 360)
    if _upside_down(guess, reader):
        height, width = guess.image.shape[:2]
        over = np.array([width, height], dtype=np.float32) - guess.lines
        return Upright(turned(guess.image, 180), (guess.rotation + 180) % 360, over[:, [2, 3, 0, 1]])
    return guess


def turned(page: Image, rotation: int) -> Image:
    """The page turned clockwise by 0, 90, 180 or 270 degrees."""
    return np.ascontiguousarray(np.rot90(page, -rotation // 90)) if rotation else page


def _sides(lines: Floats) -> tuple[Floats, Floats]:
    along, across = lines[:, 1] - lines[:, 0], lines[:, 3] - lines[:, 0]
    return np.hypot(along[:, 0], along[:, 1]), np.hypot(across[:, 0], across[:, 1])


def _stand_on_end(lines: Floats) -> bool:
    widths, heights = _sides(lines)
    return float(heights[heights > 2 * widths].sum()) > float(widths[widths > 2 * heights].sum())


def _upside_down(guess: Upright, reader: Reader) -> bool:
    """Whether the page's longest lines read better the other way up; read wrongly, letters score far lower."""
    widths, _ = _sides(guess.lines)
    upright_score = over_score = 0.0
    for line in guess.lines[np.argsort(-widths)[:_READ_BOTH_WAYS]]:
        picture = cut(guess.image, line)
        upright_score += _mean_score(reader, picture)
        over_score += _mean_score(reader, np.ascontiguousarray(picture[::-1, ::-1]))
    return over_score > upright_score


def _mean_score(reader: Reader, picture: Image) -> float:
    glyphs = reader.read(picture)
    return sum(glyph.score for glyph in glyphs) / len(glyphs) if glyphs else 0.0
