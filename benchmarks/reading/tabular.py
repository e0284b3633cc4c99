"""Tables of the corpus: column widths, wrapped cells, rules."""

from __future__ import annotations

import re
from collections.abc import Sequence

from reportlab.lib.utils import simpleSplit
from reportlab.pdfbase.pdfmetrics import stringWidth

from benchmarks.reading.fonts import FACES
from benchmarks.reading.sheet import Sheet
from benchmarks.reading.styles import Style
from benchmarks.reading.truth import Line, Table
from chartstream.extraction.fragments import Box, enclosing

_NUMBER = re.compile(r"[+-]?[\d.,]+%?")
_PADDING = 4.0
_LOOSE = 16.0


class Grid:
    """One table, measured. ``heights`` are those of the rows in points."""

    def __init__(self, cells: Sequence[Sequence[str]], style: Style, width: float) -> None:
        self._style, self._face = style, FACES[style.face]
        self._size = style.size - 0.5
        self._cells = [list(row) for row in cells]
        self._widths = self._measured(width)
        self._wrapped = [[self._split(r, c) for c in range(len(row))] for r, row in enumerate(self._cells)]
        self._leading = self._size * 1.25
        self.heights = [
            max(len(lines) for lines in row) * self._leading + (5.0 if style.rules == "grid" else 2.5)
            for row in self._wrapped
        ]
        self._right = [style.right_numbers and self._numeric(c) for c in range(len(self._widths))]

    def draw(self, sheet: Sheet, x: float, y: float, begin: int, end: int) -> tuple[list[Line], Table]:
        """Draw the rows from ``begin`` to before ``end`` with their upper left corner at ``x``, ``y``."""
        lines: list[Line] = []
        tops = [y]
        for row in range(begin, end):
            for column in range(len(self._widths)):
                lines += self._cell(sheet, x, tops[-1], row, column)
            tops.append(tops[-1] + self.heights[row])
        self._rules(sheet, x, tops, begin)
        ruled = self._style.rules == "grid"
        box = Box(x, y, x + sum(self._widths), tops[-1]) if ruled else enclosing(line.box for line in lines)
        return lines, Table(tuple(tuple(row) for row in self._cells[begin:end]), ruled, box)

    def _cell(self, sheet: Sheet, x: float, top: float, row: int, column: int) -> list[Line]:
        left = x + sum(self._widths[:column]) + _PADDING
        font = self._font(row)
        drawn = []
        for number, text in enumerate(self._wrapped[row][column]):
            if not text:
                continue
            slack = self._widths[column] - 2 * _PADDING - stringWidth(text, font, self._size)
            at = left + (slack if self._right[column] else 0.0)
            base = top + 1.5 + (number + 0.82) * self._leading
            drawn.append(sheet.line(text, (at, base), font, self._size))
        return drawn

    def _rules(self, sheet: Sheet, x: float, tops: Sequence[float], begin: int) -> None:
        right = x + sum(self._widths)
        if self._style.rules == "header" and begin == 0:
            sheet.rule(x, tops[1], right, tops[1])
        if self._style.rules == "grid":
            for top in tops:
                sheet.rule(x, top, right, top)
            for column in range(len(self._widths) + 1):
                at = x + sum(self._widths[:column])
                sheet.rule(at, tops[0], at, tops[-1])

    def _measured(self, room: float) -> list[float]:
        """As wide as the longest cell, the widest columns narrowed until all fit."""
        gap = 2 * _PADDING + (0.0 if self._style.rules == "grid" else _LOOSE - 2 * _PADDING)
        widths = [
            max(stringWidth(row[c], self._font(r), self._size) for r, row in enumerate(self._cells)) + gap + 1
            for c in range(len(self._cells[0]))
        ]
        while sum(widths) > room:
            widest = max(range(len(widths)), key=widths.__getitem__)
            widths[widest] -= 4.0
        spare = (room - sum(widths)) / len(widths)
        return [width + min(spare, 26.0) for width in widths]

    def _split(self, row: int, column: int) -> list[str]:
        room = self._widths[column] - 2 * _PADDING
        return simpleSplit(self._cells[row][column], self._font(row), self._size, room) or [""]

    def _font(self, row: int) -> str:
        return self._face.bold if row == 0 else self._face.regular

    def _numeric(self, column: int) -> bool:
        body = [row[column] for row in self._cells[1:] if row[column]]
        return bool(body) and all(_NUMBER.fullmatch(cell) for cell in body)
