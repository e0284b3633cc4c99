"""Stamps that stand upright or nearly so: large capitals that open like a stamp, and what is printed below them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from chartstream.extraction.fragments import enclosing
from chartstream.extraction.layout.content import Segment
from chartstream.extraction.layout.segments import Scale, rows_of
from chartstream.extraction.packaged import packaged

_LARGE = 1.2  # of the page's letters; a slanted line has a higher box too
_MOST_LINES = 4
_MOST_WORDS = 4  # in a line


def part(segments: Sequence[Segment], scale: Scale) -> tuple[list[list[Segment]], list[Segment]]:
    """The stamps, each as its segments, and the segments that are in none."""
    stamps: list[list[Segment]] = []
    rest = list(segments)
    for segment in segments:
        opens = segment.text.strip(" .:*-") in _openings() and segment.box.height >= _LARGE * scale.letter
        if not opens or all(other is not segment for other in rest):
            continue
        lines = [[segment]]
        rest = [other for other in rest if other is not segment]
        while len(lines) < _MOST_LINES and (below := _below(lines, rest)):
            lines.append(below)
            rest = [other for other in rest if all(other is not one for one in below)]
        stamps.append([one for line in lines for one in line])
    return stamps, rest


def _below(lines: list[list[Segment]], rest: list[Segment]) -> list[Segment]:
    """The stamp's next line: capitals or a date, close below the last one and not much wider than the first."""
    first, last = lines[0][0].box, enclosing(segment.box for segment in lines[-1])
    reach = 0.6 * first.width
    near = [
        segment
        for segment in rest
        if first.x0 - reach <= segment.box.x0
        and segment.box.x1 <= first.x1 + reach
        and segment.box.y0 + segment.box.y1 > last.y0 + last.y1 + last.height
        and segment.box.y0 - last.y1 <= last.height
    ]
    if not near:
        return []
    line = rows_of(near)[0]
    words = [word.text for segment in line for word in segment.words]
    return line if len(words) <= _MOST_WORDS and all(word == word.upper() for word in words) else []


@cache
def _openings() -> frozenset[str]:
    return packaged("stamps.yaml", lambda data: frozenset(str(word) for word in data["openings"]))
