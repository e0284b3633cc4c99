"""Cells of tables."""

from __future__ import annotations

from benchmarks.reading.cells import cell_count, cells_right
from benchmarks.reading.truth import Table
from chartstream.extraction.fragments import Box

TABLE = Table(
    (("Test", "Result", "Flag"), ("Potassium", "5.2", "H"), ("Sodium", "138", "")), ruled=True, box=Box(0, 0, 9, 9)
)
ROWS = [list(row) for row in TABLE.rows]


def test_all_cells_of_the_same_table() -> None:
    assert cells_right(TABLE, [ROWS]) == cell_count(TABLE) == 9


def test_a_wrong_text_costs_its_cell() -> None:
    assert cells_right(TABLE, [[ROWS[0], ["Potassium", "52", "H"], ROWS[2]]]) == 8


def test_a_missing_row_costs_its_cells_and_no_others() -> None:
    assert cells_right(TABLE, [[ROWS[0], ROWS[2]]]) == 6
    assert cells_right(TABLE, [[["Laboratory", "", ""], *ROWS]]) == 9


def test_a_column_too_many_costs_all_behind_it() -> None:
    shifted = [[row[0], "", *row[1:]] for row in ROWS]
    assert cells_right(TABLE, [shifted]) == 3


def test_rows_in_another_order_are_wrong() -> None:
    assert cells_right(TABLE, [[ROWS[2], ROWS[1], ROWS[0]]]) == 3


def test_no_table_and_an_empty_one() -> None:
    assert cells_right(TABLE, []) == 0
    assert cells_right(TABLE, [[["", "", ""]] * 3]) == 0


def test_the_best_of_several_tables_counts() -> None:
    assert cells_right(TABLE, [[["x"]], ROWS]) == 9
