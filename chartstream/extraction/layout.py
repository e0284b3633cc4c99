"""From fragments on a page to rows in reading order: top to bottom, within a row left to right."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

from chartstream.extraction.fragments import Box, Fragment


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
