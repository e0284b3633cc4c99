"""Fragments come into rows from the top, and within a row from the left."""

from __future__ import annotations

from chartstream.extraction.fragments import Box, Fragment
from chartstream.extraction.layout import row_text, rows


def fragment(text: str, x: float, y: float, width: float = 40, height: float = 10) -> Fragment:
    return Fragment.of_line(text, Box(x, y, x + width, y + height), 1.0)


def test_rows_from_the_top_and_fragments_from_the_left() -> None:
    given = [fragment("d", 60, 21), fragment("a", 10, 0), fragment("c", 10, 20), fragment("b", 60, 1)]
    assert [[f.text for f in row] for row in rows(given)] == [["a", "b"], ["c", "d"]]


def test_a_slanted_row_does_not_run_into_the_next() -> None:
    slanted = [fragment(str(n), 50 * n, 1.0 * n) for n in range(5)]
    below = [fragment(str(n + 5), 50 * n, 14 + 1.0 * n) for n in range(5)]
    assert [[f.text for f in row] for row in rows([*below, *slanted])] == [list("01234"), list("56789")]


def test_cells_of_a_table_stand_two_spaces_apart() -> None:
    assert row_text([fragment("A1c", 0, 0), fragment("6.9", 120, 0), fragment("%", 163, 0)]) == "A1c  6.9 %"
