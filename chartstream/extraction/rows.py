"""Tables of formats that know their rows and cells: lines of the text, and the table over them."""

from __future__ import annotations

from collections.abc import Sequence

from chartstream.extraction.readtext import Cell, TextBuilder


def add_rows(rows: Sequence[Sequence[str]], builder: TextBuilder) -> None:
    """Append a line for each row, its cells two spaces apart, and the table that they make.

    Rows without text are left out. What has a single column or row is no table but lines: letterheads and boxes are
    drawn so.
    """
    filled = [row for row in rows if any(cell.strip() for cell in row)]
    columns = max((len(row) for row in filled), default=0)
    first = builder.line_count
    cells = [
        Cell(number, column, begin, end)
        for number, row in enumerate(filled)
        for column, (begin, end) in enumerate(builder.add_cells(row))
    ]
    if columns > 1 and len(filled) > 1:
        builder.add_table(cells, columns, first)
