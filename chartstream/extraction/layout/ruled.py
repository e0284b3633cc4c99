"""Tables with drawn lines: their grid, its merged cells, and the words in each."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from chartstream.extraction.fragments import Box, Word, enclosing
from chartstream.extraction.layout.aligned import aligned_table
from chartstream.extraction.layout.content import PageTable, Segment, TableCell
from chartstream.extraction.layout.segments import Scale, rows_of

_THICKEST = 0.6  # letter heights; what is thicker is a bar or a picture
_SHORTEST = 0.8  # letter heights; what is shorter is part of a letter
_TOUCH = 0.5  # letter heights over which lines still count as meeting
_MOST_LINES = 8  # of text in one cell; beyond it the lines frame parts of a page and make no table
_MOST_SHARE = 0.6  # of a table's words in one cell of several lines; beyond it the lines are frames, too
_COVER = 0.6  # share of a cell's side that must be drawn to part it from its neighbour


@dataclass(frozen=True, slots=True)
class _Line:
    """A straight line: ``at`` its place across, from ``begin`` to ``end`` along."""

    at: float
    begin: float
    end: float


def ruled_tables(
    segments: Sequence[Segment], rulings: Sequence[Box], scale: Scale
) -> tuple[list[PageTable], list[Segment]]:
    """The tables, and the segments that stand in none of them."""
    size = scale.letter
    across, down = _lines(rulings, size)
    tables: list[PageTable] = []
    rest = list(segments)
    for rows, columns in _grids(across, down, size):
        box = Box(columns[0].at, rows[0].at, columns[-1].at, rows[-1].at)
        inside = [s for s in rest if _holds(box, s.box)]
        table = _table(rows, columns, inside, size) if inside else None
        if table is not None:
            tables.append(_completed(table, inside, rulings, scale))
            rest = [s for s in rest if not _holds(box, s.box)]
    return tables, rest


def _completed(table: PageTable, inside: Sequence[Segment], rulings: Sequence[Box], scale: Scale) -> PageTable:
    """The table, with columns told by the white between them where the lines between them were not found.

    On a photograph vertical lines lean and fade before the horizontal ones do.
    """
    if any(cell.row_span > 1 or cell.column_span > 1 for cell in table.cells):
        return table
    other = aligned_table(inside, rulings, scale)
    if other is None or other.rows != table.rows or other.columns <= table.columns:
        return table
    return replace(other, ruled=True, bold_rows=table.bold_rows)


def _lines(rulings: Iterable[Box], size: float) -> tuple[list[_Line], list[_Line]]:
    across, down = [], []
    for box in rulings:
        if box.height <= _THICKEST * size and box.width >= _SHORTEST * size:
            across.append(_Line((box.y0 + box.y1) / 2, box.x0, box.x1))
        elif box.width <= _THICKEST * size and box.height >= _SHORTEST * size:
            down.append(_Line((box.x0 + box.x1) / 2, box.y0, box.y1))
    return _merged(across, size), _merged(down, size)


def _merged(lines: list[_Line], size: float) -> list[_Line]:
    """Pieces of one line, cell borders drawn each on its own above all, become one."""
    merged: list[_Line] = []
    for group in _near(sorted(lines, key=lambda line: line.at), 0.3 * size):
        at = sum(line.at for line in group) / len(group)
        run: _Line | None = None
        for line in sorted(group, key=lambda line: line.begin):
            if run is not None and line.begin - run.end <= _TOUCH * size:
                run = _Line(at, run.begin, max(run.end, line.end))
            else:
                if run is not None:
                    merged.append(run)
                run = _Line(at, line.begin, line.end)
        if run is not None:
            merged.append(run)
    return merged


def _near(lines: list[_Line], reach: float) -> list[list[_Line]]:
    groups: list[list[_Line]] = []
    for line in lines:
        if groups and line.at - groups[-1][0].at <= reach:
            groups[-1].append(line)
        else:
            groups.append([line])
    return groups


def _grids(across: list[_Line], down: list[_Line], size: float) -> list[tuple[list[_Line], list[_Line]]]:
    """Lines that meet one another, at least three each way, largest grid first."""
    parent = list(range(len(across) + len(down)))

    def root(index: int) -> int:
        while parent[index] != index:
            parent[index] = index = parent[parent[index]]
        return index

    reach = _TOUCH * size
    for i, horizontal in enumerate(across):
        for j, vertical in enumerate(down, len(across)):
            meets_x = horizontal.begin - reach <= vertical.at <= horizontal.end + reach
            if meets_x and vertical.begin - reach <= horizontal.at <= vertical.end + reach:
                parent[root(i)] = root(j)
    groups: dict[int, tuple[list[_Line], list[_Line]]] = defaultdict(lambda: ([], []))
    for i, line in enumerate((*across, *down)):
        groups[root(i)][0 if i < len(across) else 1].append(line)
    grids = [(rows, columns) for rows, columns in groups.values() if len(rows) >= 2 and columns]
    closed = [(_closed(rows, columns, size), _closed(columns, rows, size)) for rows, columns in grids]
    return [(rows, columns) for rows, columns in closed if len(rows) >= 3 and len(columns) >= 3]


def _closed(lines: list[_Line], others: list[_Line], size: float) -> list[_Line]:
    """The lines in order, with the outer borders that are not drawn where the lines across them end."""
    ordered = sorted(lines, key=lambda line: line.at)
    begin, end = min(line.begin for line in others), max(line.end for line in others)
    length = (min(line.begin for line in ordered), max(line.end for line in ordered))
    if ordered[0].at - begin > 1.5 * size:
        ordered.insert(0, _Line(begin, *length))
    if end - ordered[-1].at > 1.5 * size:
        ordered.append(_Line(end, *length))
    return ordered


def _holds(box: Box, inner: Box) -> bool:
    return box.x0 < (inner.x0 + inner.x1) / 2 < box.x1 and box.y0 < (inner.y0 + inner.y1) / 2 < box.y1


def _table(across: list[_Line], down: list[_Line], inside: list[Segment], size: float) -> PageTable | None:
    ys = [group[0].at for group in _near(across, 0.3 * size)]
    xs = [group[0].at for group in _near(sorted(down, key=lambda line: line.at), 0.3 * size)]
    if len(ys) < 3 or len(xs) < 3:
        return None
    places = _merged_places(across, down, xs, ys, size)
    words: dict[tuple[int, int], list[Word]] = defaultdict(list)
    for word in (word for segment in inside for word in segment.words):
        row = _slot(ys, (word.box.y0 + word.box.y1) / 2)
        column = _slot(xs, (word.box.x0 + word.box.x1) / 2)
        words[places[row, column][:2]].append(word)
    total = sum(map(len, words.values()))
    cells = []
    for row, column, bottom, right in sorted(set(places.values())):
        lines = rows_of(words[row, column])
        if len(lines) > _MOST_LINES or (len(lines) >= 3 and len(words[row, column]) > _MOST_SHARE * total):
            return None
        content = tuple(word for line in lines for word in line)
        cells.append(TableCell(row, column, content, bottom - row + 1, right - column + 1))
    if len(cells) < 4:
        return None
    box = enclosing([Box(xs[0], ys[0], xs[-1], ys[-1]), *(s.box for s in inside)])
    return PageTable(box, len(ys) - 1, len(xs) - 1, tuple(cells), ruled=True, bold_rows=_bold_rows(cells, inside, ys))


def _slot(edges: list[float], at: float) -> int:
    return min(max(bisect_right(edges, at) - 1, 0), len(edges) - 2)


def _bold_rows(cells: Sequence[TableCell], inside: Sequence[Segment], ys: list[float]) -> frozenset[int]:
    """Rows in which one cell alone is filled, in bold: headings within a form."""
    plain = {_slot(ys, (s.box.y0 + s.box.y1) / 2) for s in inside if not s.bold}
    filled = [cell.row for cell in cells if cell.words]
    return frozenset(row for row in filled if filled.count(row) == 1 and row not in plain)


Place = tuple[int, int, int, int]
"""First row, first column, last row, last column."""


def _merged_places(
    across: list[_Line], down: list[_Line], xs: list[float], ys: list[float], size: float
) -> dict[tuple[int, int], Place]:
    """For each place of the grid, the cell that covers it: places without a line between them are one cell."""
    rows, columns = len(ys) - 1, len(xs) - 1
    cell: dict[tuple[int, int], Place] = {(r, c): (r, c, r, c) for r in range(rows) for c in range(columns)}

    def join(one: tuple[int, int], other: tuple[int, int]) -> None:
        a, b = cell[one], cell[other]
        whole = (min(a[0], b[0]), min(a[1], b[1]), max(a[2], b[2]), max(a[3], b[3]))
        # A cell is a rectangle: what lies within it comes along, and may make it larger.
        while True:
            parts = {cell[r, c] for r in range(whole[0], whole[2] + 1) for c in range(whole[1], whole[3] + 1)}
            grown = (
                min(p[0] for p in parts),
                min(p[1] for p in parts),
                max(p[2] for p in parts),
                max(p[3] for p in parts),
            )
            if grown == whole:
                break
            whole = grown
        for r in range(whole[0], whole[2] + 1):
            for c in range(whole[1], whole[3] + 1):
                cell[r, c] = whole

    for r in range(rows):
        for c in range(columns):
            if c + 1 < columns and not _drawn(down, xs[c + 1], ys[r], ys[r + 1], size):
                join((r, c), (r, c + 1))
            if r + 1 < rows and not _drawn(across, ys[r + 1], xs[c], xs[c + 1], size):
                join((r, c), (r + 1, c))
    return cell


def _drawn(lines: list[_Line], at: float, begin: float, end: float, size: float) -> bool:
    covered = sum(
        max(min(line.end, end) - max(line.begin, begin), 0.0) for line in lines if abs(line.at - at) <= 0.35 * size
    )
    return covered >= _COVER * (end - begin)
