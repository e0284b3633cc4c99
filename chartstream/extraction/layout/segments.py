"""From fragments to segments and rows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from statistics import median
from typing import Protocol, TypeVar

from chartstream.extraction.fragments import Box, Fragment, Word, enclosing
from chartstream.extraction.layout.content import Segment

SPLIT = 0.9
"""A gap wider than this many letter heights parts two segments: justified lines stay below, columns above."""

MARKER_REACH = 3.5
"""A list's mark belongs to the text that begins within so many letter heights behind it."""

_MARKER = re.compile(r"(?:[-\u2010-\u2015*•◦▪‣·●○■□]|\(?(?:\d{1,2}|[a-zA-Z]|[ivx]{2,4})[.)])")


class Placed(Protocol):
    """Something with a box."""

    @property
    def box(self) -> Box: ...


P = TypeVar("P", bound=Placed)


def is_marker(text: str) -> bool:
    """Whether a word is a list's dash, bullet, number or letter."""
    return _MARKER.fullmatch(text) is not None


def letter_height(items: Sequence[Segment]) -> float:
    """The median height of the words, in the page's unit; 1.0 where there are none."""
    heights = [segment.box.height for segment in items for _ in segment.words]
    return max(median(heights), 1e-6) if heights else 1.0


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


def segments_of(fragments: Iterable[Fragment]) -> list[Segment]:
    """Segments from the top, cut at wide gaps and joined over narrow ones, whatever the fragments were."""
    cut = [piece for fragment in fragments for piece in _cut(fragment)]
    return [segment for row in rows_of(cut) for segment in _joined(row)]


def made_of(words: Sequence[Word], *, bold: bool = False) -> Segment:
    """A segment of words, at least one."""
    return Segment(tuple(words), enclosing(word.box for word in words), bold)


def _cut(fragment: Fragment) -> Iterator[Segment]:
    run = [fragment.words[0]]
    for left, right in pairwise(fragment.words):
        if right.box.x0 - left.box.x1 > SPLIT * max(left.box.height, right.box.height):
            yield made_of(run, bold=fragment.bold)
            run = []
        run.append(right)
    yield made_of(run, bold=fragment.bold)


def _joined(row: list[Segment]) -> Iterator[Segment]:
    run = row[0]
    for segment in row[1:]:
        gap = segment.box.x0 - run.box.x1
        height = max(run.box.height, segment.box.height)
        marked = len(run.words) == 1 and is_marker(run.words[0].text)
        if -height < gap <= (MARKER_REACH if marked else SPLIT) * height:
            # A mark is seldom bold where its text is.
            bold = segment.bold and (run.bold or marked)
            run = Segment((*run.words, *segment.words), enclosing((run.box, segment.box)), bold)
        else:
            yield run
            run = segment
    yield run
