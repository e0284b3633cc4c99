"""Running headers and footers: what stands at the edge of several pages, and page numbers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from chartstream.extraction.layout.content import Segment
from chartstream.extraction.layout.segments import rows_of

_TOP, _BOTTOM = 0.12, 0.1  # shares of the page's height
_SAME_PLACE = 0.025  # of the page's height
_ALIKE = 0.85  # of the letters, for what OCR misread on one of the pages
_MOST_ROWS = 4

_NUMBERED = re.compile(r"\b(?:page|pg\.?|p\.)\s*\d{1,4}\b(?:\s*(?:of|/)\s*\d{1,4}\b)?", re.IGNORECASE)
_BARE_NUMBER = re.compile(r"[-\u2013\u2014(\[ ]*\d{1,3}(?:\s*(?:/|of)\s*\d{1,3})?[-\u2013\u2014)\] ]*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Furnished:
    """A page's segments, parted into running header, body and running footer."""

    header: list[Segment]
    body: list[Segment]
    footer: list[Segment]


@dataclass(frozen=True, slots=True)
class _Edge:
    """A row near an edge; ``at``: its place as a share of the page's height."""

    row: list[Segment]
    at: float
    text: str
    key: str


def part(pages: Sequence[tuple[list[Segment], float]]) -> list[Furnished]:
    """Part every page, given with its height, from its header and footer."""
    tops = [_edge_rows(segments, height, top=True) for segments, height in pages]
    bottoms = [_edge_rows(segments, height, top=False) for segments, height in pages]
    parted = []
    for index, (segments, _) in enumerate(pages):
        header = [s for edge in tops[index] if _runs(edge, tops, index) for s in edge.row]
        footer = [s for edge in bottoms[index] if _runs(edge, bottoms, index) for s in edge.row]
        taken = {id(s) for s in (*header, *footer)}
        body = [s for s in segments if id(s) not in taken]
        # What would be furniture of an empty room is what the page says.
        parted.append(Furnished(header, body, footer) if body else Furnished([], segments, []))
    return parted


def _edge_rows(segments: list[Segment], height: float, *, top: bool) -> list[_Edge]:
    if top:
        rows = rows_of([s for s in segments if s.box.y1 <= _TOP * height])[:_MOST_ROWS]
    else:
        rows = rows_of([s for s in segments if s.box.y0 >= (1 - _BOTTOM) * height])[-_MOST_ROWS:]
    return [_edge(row, height) for row in rows]


def _edge(row: list[Segment], height: float) -> _Edge:
    text = " ".join(segment.text for segment in row)
    key = "".join("#" if c.isdigit() else c for c in text.lower() if c.isalnum())
    return _Edge(row, (row[0].box.y0 + row[0].box.y1) / 2 / height, text, key)


def _runs(edge: _Edge, edges: list[list[_Edge]], page: int) -> bool:
    if _NUMBERED.search(edge.text) or _BARE_NUMBER.fullmatch(edge.text):
        return True
    near = [other for at in (page - 2, page - 1, page + 1, page + 2) if 0 <= at < len(edges) for other in edges[at]]
    return any(abs(edge.at - other.at) <= _SAME_PLACE and _alike(edge.key, other.key) for other in near)


def _alike(one: str, other: str) -> bool:
    return bool(one) and (one == other or SequenceMatcher(None, one, other, autojunk=False).ratio() >= _ALIKE)
