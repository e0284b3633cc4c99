"""From fragments on a page to rows in reading order: top to bottom, within a row left to right."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in the page's unit; the origin is the upper left corner of the upright page."""

    x0: float
    y0: float
    x1: float
    y1: float

    @property
    def height(self) -> float:
        """Vertical extent, in the page's unit."""
        return self.y1 - self.y0

    def scaled(self, factor: float) -> Box:
        """The same rectangle in another unit."""
        return Box(self.x0 * factor, self.y0 * factor, self.x1 * factor, self.y1 * factor)


@dataclass(frozen=True, slots=True)
class Fragment:
    """A run of text with its box, the engine's score for it (0 to 1) and whether it is set in bold."""

    text: str
    box: Box
    confidence: float
    bold: bool = False


def enclosing(boxes: Iterable[Box]) -> Box:
    """The smallest box around all of them; at least one is needed."""
    items = list(boxes)
    return Box(min(b.x0 for b in items), min(b.y0 for b in items), max(b.x1 for b in items), max(b.y1 for b in items))


def rows(fragments: Iterable[Fragment]) -> list[list[Fragment]]:
    """Group fragments that stand side by side, rows from the top, fragments from the left.

    A fragment belongs to a row when it overlaps that row's first fragment by more than half of the smaller height:
    measured against the first, a slightly slanted row does not drift into the next one.
    """
    grouped: list[list[Fragment]] = []
    for fragment in sorted(fragments, key=lambda f: (f.box.y0 + f.box.y1, f.box.x0)):
        if grouped and _beside(grouped[-1][0].box, fragment.box):
            grouped[-1].append(fragment)
        else:
            grouped.append([fragment])
    return [sorted(row, key=lambda f: f.box.x0) for row in grouped]


def _beside(one: Box, other: Box) -> bool:
    overlap = min(one.y1, other.y1) - max(one.y0, other.y0)
    return overlap > 0.5 * min(one.height, other.height)


def row_text(row: list[Fragment]) -> str:
    """The text of a row: a single space between close fragments, two between cells of a table."""
    parts = [row[0].text]
    for left, right in pairwise(row):
        gap = right.box.x0 - left.box.x1
        parts.append("  " if gap > 1.5 * max(left.box.height, right.box.height) else " ")
        parts.append(right.text)
    return "".join(parts)
