"""Lines from engines that know no place, or only that of a whole block."""

from __future__ import annotations

from collections.abc import Callable

from chartstream.extraction.engines.engine import Image
from chartstream.extraction.engines.markdown import MarkupLine
from chartstream.extraction.fragments import Box, Fragment, Word

Score = Callable[[str], float]
"""The probability (0 to 1) that the next word is read exactly; asked for each word of a page once, in order."""


def page_box(image: Image) -> Box:
    """The rectangle of a whole page, in its pixels."""
    height, width = image.shape[:2]
    return Box(0.0, 0.0, float(width), float(height))


def coarse_fragment(line: MarkupLine, box: Box, score: Score) -> Fragment:
    """A line of which no more is known than that it stands somewhere in ``box``: so does each of its words.

    Shares of the box by the words' letters would point at places where they do not stand.
    """
    return Fragment(tuple(Word(part, box, score(part)) for part in line.text.split()), line.bold)
