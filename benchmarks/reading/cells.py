"""Cells of tables: right is a cell whose text stands in the right row and column of one table."""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.reading.align import plain
from benchmarks.reading.truth import Table

Rows = Sequence[Sequence[str]]


def cells_right(truth: Table, found: Sequence[Rows]) -> int:
    """How many cells of a table the best of the found tables has right.

    Rows may be missing or too many: those that remain count in their order. A column too many or too few shifts all
    behind it, and they are wrong.
    """
    return max((_right(truth.rows, rows) for rows in found), default=0)


def cell_count(truth: Table) -> int:
    """How many cells a table has, empty ones too."""
    return sum(len(row) for row in truth.rows)


def _right(truth: Rows, found: Rows) -> int:
    """The most cells that can be right when rows are paired in order."""
    best = [0] * (len(found) + 1)
    for row in truth:
        above = best
        best = [0]
        for column, other in enumerate(found):
            best.append(max(above[column + 1], best[column], above[column] + _equal(row, other)))
    return best[-1]


def _equal(row: Sequence[str], other: Sequence[str]) -> int:
    """Equal cells of two rows; rows that share nothing but empty cells share nothing."""
    same = [plain(one) for one, two in zip(row, other, strict=False) if plain(one) == plain(two)]
    return len(same) if any(same) else 0
