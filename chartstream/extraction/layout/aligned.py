"""Tables without lines: columns by the white between words, rows by the distances of their lines."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from chartstream.extraction.fragments import Box, Word, enclosing
from chartstream.extraction.layout.content import PageTable, Segment, TableCell
from chartstream.extraction.layout.segments import Scale, rows_of

_CLOSE = 0.82  # of the usual distance of rows: nearer lines belong to one row
_USUAL = 1.1  # of the usual distance of rows: what stands further apart continues nothing
_FEWEST_ROWS = 3
_MOST_EMPTY = 0.55  # share of empty cells beyond which the white is no table's


@dataclass(frozen=True, slots=True)
class _TextLine:
    """A line across the table: the words of each column."""

    middle: float
    cells: tuple[tuple[Word, ...], ...]

    @property
    def filled(self) -> int:
        return sum(bool(cell) for cell in self.cells)


def aligned_table(segments: Sequence[Segment], rulings: Sequence[Box], scale: Scale) -> PageTable | None:
    """The table that the segments make, ``None`` if it has too few rows or is mostly empty.

    ``rulings`` across the table part its rows.
    """
    words = [word for segment in segments for word in segment.words]
    edges = _edges(words, scale.gutter)
    if len(edges) < 2:
        return None
    lines = [_line(row, edges) for row in rows_of(words)]
    box = enclosing(word.box for word in words)
    rows = _rows(lines, _separators(rulings, box), scale.letter)
    empty = sum(not cell for row in rows for cell in row)
    if len(rows) < _FEWEST_ROWS or empty > _MOST_EMPTY * len(rows) * len(edges):
        return None
    cells = tuple(TableCell(r, c, tuple(content)) for r, row in enumerate(rows) for c, content in enumerate(row))
    return PageTable(box, len(rows), len(edges), cells, ruled=False)


def _edges(words: Sequence[Word], gutter: float) -> list[float]:
    """Where columns begin: to the right of white that runs through all rows."""
    begins: list[float] = []
    reach = 0.0
    for word in sorted(words, key=lambda w: w.box.x0):
        if not begins or word.box.x0 - reach >= gutter:
            begins.append(word.box.x0)
        reach = max(reach, word.box.x1) if len(begins) > 1 or reach else word.box.x1
    return begins


def _line(row: Sequence[Word], edges: list[float]) -> _TextLine:
    cells: list[list[Word]] = [[] for _ in edges]
    for word in row:
        cells[max(bisect_right(edges, word.box.x0 + 0.01) - 1, 0)].append(word)
    middle = median((word.box.y0 + word.box.y1) / 2 for word in row)
    return _TextLine(middle, tuple(tuple(cell) for cell in cells))


def _separators(rulings: Sequence[Box], box: Box) -> list[float]:
    """Heights of the lines that run across most of the table."""
    return sorted(
        (r.y0 + r.y1) / 2
        for r in rulings
        if min(r.x1, box.x1) - max(r.x0, box.x0) > 0.6 * box.width and box.y0 < (r.y0 + r.y1) / 2 < box.y1
    )


def _rows(lines: list[_TextLine], separators: list[float], size: float) -> list[list[list[Word]]]:
    usual = _usual_distance(lines, size)
    every_row_parted = len(separators) >= max(_FEWEST_ROWS - 1, 0.4 * len(lines))
    groups: list[list[_TextLine]] = [[lines[0]]]
    for above, line in pairwise(lines):
        parted = any(above.middle < at < line.middle for at in separators)
        joined = not parted if every_row_parted else not parted and _continues(groups[-1], line, usual)
        if joined:
            groups[-1].append(line)
        else:
            groups.append([line])
    return [[[w for line in group for w in line.cells[c]] for c in range(len(lines[0].cells))] for group in groups]


def _usual_distance(lines: list[_TextLine], size: float) -> float:
    """Of lines that begin a row for certain, since their first column and another one are filled."""
    distances = [
        below.middle - above.middle
        for above, below in pairwise(lines)
        if above.cells[0] and below.cells[0] and above.filled > 1 and below.filled > 1
    ]
    return median(distances) if distances else 1.6 * size


def _continues(group: list[_TextLine], line: _TextLine, usual: float) -> bool:
    """Whether a line goes on with the row above: it is nearer than rows are, or fills only some of its cells."""
    distance = line.middle - group[-1].middle
    if distance < _CLOSE * usual:
        return True
    if distance > _USUAL * usual:
        return False
    if not group[-1].cells[0] and len(group) == 1 and line.cells[0]:
        # A heading of two lines that stands on the bottom of its row.
        return group[0].filled <= len(line.cells) / 2
    if not line.cells[0]:
        above = [any(other.cells[c] for other in group) for c in range(len(line.cells))]
        within = all(above[c] for c, cell in enumerate(line.cells) if cell)
        return within and (line.filled == 1 or line.filled <= len(line.cells) / 2)
    first = line.cells[0][0].text[0]
    return line.filled == 1 and (first.islower() or first == "(")
