"""From fragments to segments and rows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import Protocol, TypeVar

from chartstream.extraction.fragments import Box, Fragment, Word, enclosing
from chartstream.extraction.layout.content import Segment

COLUMN = 0.9
"""A gap wider than this many letter heights parts what stands on a row: justified lines stay below."""

MARKER_REACH = 3.5
"""A list's mark belongs to the text that begins within so many letter heights behind it."""

_CELL = 0.45  # letter heights: a wider gap may part the cells of a dense table,
_SPACES = 1.9  # if it is also wider than so many of the page's narrow spaces

_MARKER = re.compile(r"(?:[-\u2010-\u2015*•◦▪‣·●○■□]|\(?(?:\d{1,2}|[a-zA-Z]|[ivx]{2,4})[.)])")


class Placed(Protocol):
    """Something with a box."""

    @property
    def box(self) -> Box: ...


P = TypeVar("P", bound=Placed)


def is_marker(text: str) -> bool:
    """Whether a word is a list's dash, bullet, number or letter."""
    return _MARKER.fullmatch(text) is not None


@dataclass(frozen=True, slots=True)
class Scale:
    """A page's measures, in its unit: the usual height of letters, and the narrowest gap between cells."""

    letter: float
    gutter: float


def scale_of(fragments: Sequence[Fragment]) -> Scale:
    """The measures of a page, from its words."""
    heights = [word.box.height for fragment in fragments for word in fragment.words]
    letter = max(median(heights), 1e-6) if heights else 1.0
    spaces = sorted(
        right.box.x0 - left.box.x1
        for fragment in fragments
        for left, right in pairwise(fragment.words)
        if 0 < right.box.x0 - left.box.x1 < left.box.height
    )
    # Not the median: on a page of dense tables half of the gaps are those between cells.
    narrow = spaces[len(spaces) // 4] if spaces else 0.0
    return Scale(letter, max(_CELL * letter, _SPACES * narrow))


def rows_of(items: Iterable[P]) -> list[list[P]]:
    """Group what stands side by side, rows from the top, each from the left.

    An item belongs to a row when it overlaps that row's first by more than half of the smaller height: measured
    against the first, a slightly slanted row does not drift into the next one.
    """
    grouped: list[list[P]] = []
    for item in sorted(items, key=lambda i: (i.box.y0 + i.box.y1, i.box.x0)):
        if grouped and beside(grouped[-1][0].box, item.box):
            grouped[-1].append(item)
        else:
            grouped.append([item])
    return [sorted(row, key=lambda i: i.box.x0) for row in grouped]


def beside(one: Box, other: Box) -> bool:
    """Whether two boxes overlap by more than half of the smaller height."""
    overlap = min(one.y1, other.y1) - max(one.y0, other.y0)
    return overlap > 0.5 * min(one.height, other.height)


def segments_of(fragments: Iterable[Fragment], scale: Scale) -> list[Segment]:
    """Segments from the top, cut at gaps and joined over spaces, whatever the fragments were.

    They are cut finely, so that a dense table comes apart; ``joined`` makes lines of text whole again.
    """
    cut = [piece for fragment in fragments for piece in _cut(fragment, scale.gutter)]
    return [segment for row in rows_of(cut) for segment in _join(row, scale.gutter)]


def joined(row: Sequence[Segment]) -> list[Segment]:
    """The segments of a row of text, those together that have no more than wide spaces between them."""
    return list(_join(row, COLUMN * max(segment.box.height for segment in row)))


def made_of(words: Sequence[Word], *, bold: bool = False) -> Segment:
    """A segment of words, at least one."""
    return Segment(tuple(words), enclosing(word.box for word in words), bold)


def _cut(fragment: Fragment, gutter: float) -> Iterator[Segment]:
    run = [fragment.words[0]]
    for left, right in pairwise(fragment.words):
        if right.box.x0 - left.box.x1 > gutter:
            yield made_of(run, bold=fragment.bold)
            run = []
        run.append(right)
    yield made_of(run, bold=fragment.bold)


def _join(row: Sequence[Segment], reach: float) -> Iterator[Segment]:
    run = row[0]
    for segment in row[1:]:
        gap = segment.box.x0 - run.box.x1
        height = max(run.box.height, segment.box.height)
        marked = len(run.words) == 1 and is_marker(run.words[0].text)
        if -height < gap <= max(MARKER_REACH * height if marked else 0.0, reach):
            # A mark is seldom bold where its text is.
            bold = segment.bold and (run.bold or marked)
            run = Segment((*run.words, *segment.words), enclosing((run.box, segment.box)), bold)
        else:
            yield run
            run = segment
    yield run
