"""Tables as rows and cells, ruled and unruled, and what must be none."""

from __future__ import annotations

from itertools import pairwise

import pytest

from chartstream.extraction.fragments import Box
from chartstream.extraction.layout.assemble import read_text
from chartstream.extraction.layout.content import PageContent
from chartstream.extraction.readtext import ReadText, Table
from tests.unit.extraction.layout.pages import across, down, page, typed, typed_lines

ROWS = [
    ["Test", "Result", "Unit", "Reference"],
    ["Hemoglobin A1c", "6.9", "%", "below 5.7"],
    ["Potassium", "4.1", "mmol/L", "3.5-5.1"],
    ["Creatinine, serum", "1.31", "", "0.50-1.10"],
]
COLUMNS = [60, 200, 280, 360]


def grid(found: ReadText, table: Table) -> list[list[str]]:
    cells = [[""] * table.columns for _ in range(table.rows)]
    for cell in table.cells:
        cells[cell.row][cell.column] = found.text[cell.begin : cell.end]
    return cells


def unruled(rows: list[list[str]], pitch: float = 14) -> PageContent:
    given = [typed("The values of today are these, taken fasting in the morning at home", 60, 60)]
    for row, cells in enumerate(rows):
        given += [typed(cell, COLUMNS[at], 90 + pitch * row) for at, cell in enumerate(cells) if cell]
    return page(given)


@pytest.mark.parametrize("pitch", [12, 14, 24])
def test_an_unruled_table(pitch: float) -> None:
    found = read_text([unruled(ROWS, pitch)])
    (table,) = found.tables
    assert grid(found, table) == ROWS
    assert not table.ruled
    assert found.text[table.begin : table.end].split("\n")[1] == "Hemoglobin A1c  6.9  %  below 5.7"


def test_lines_of_a_long_cell_are_joined() -> None:
    given = []
    y = 90.0
    for cells in [
        ["Drug", "Dose", "Instructions"],
        ["Apixaban", "5 mg", "twice daily|with food"],
        ["Metformin", "1 g", "daily"],
    ]:
        given += [typed(cells[0], 60, y), typed(cells[1], 200, y)]
        for line in cells[2].split("|"):
            given.append(typed(line, 280, y))
            y += 12
        y += 6
    found = read_text([page(given)])
    assert grid(found, found.tables[0]) == [
        ["Drug", "Dose", "Instructions"],
        ["Apixaban", "5 mg", "twice daily with food"],
        ["Metformin", "1 g", "daily"],
    ]


def test_a_lone_heading_parts_two_tables() -> None:
    given = [
        typed(cell, COLUMNS[at], 60 + 14 * row)
        for row, cells in enumerate(ROWS)
        for at, cell in enumerate(cells)
        if cell
    ]
    given.append(typed("Lipids", 60, 140, bold=True))
    more = [["Test", "Today", "Before"], ["LDL", "71", "103"], ["HDL", "52", "49"]]
    given += [
        typed(cell, x, 160 + 14 * row)
        for row, cells in enumerate(more)
        for cell, x in zip(cells, (60, 150, 320), strict=True)
    ]
    found = read_text([page(given)])
    assert [grid(found, table) for table in found.tables] == [ROWS, more]


def ruled(rows: list[list[str]], missing: tuple[Box, ...] = ()) -> PageContent:
    xs, ys = [*(x - 5 for x in COLUMNS), 440], [86 + 16 * row for row in range(len(rows) + 1)]
    lines = [across(y, x0, x1) for y in ys for x0, x1 in pairwise(xs)]
    lines += [down(x, y0, y1) for x in xs for y0, y1 in pairwise(ys)]
    given = [
        typed(cell, COLUMNS[at], 90 + 16 * row)
        for row, cells in enumerate(rows)
        for at, cell in enumerate(cells)
        if cell
    ]
    return page(given, [line for line in lines if line not in missing])


def test_a_ruled_table() -> None:
    found = read_text([ruled(ROWS)])
    (table,) = found.tables
    assert table.ruled
    assert grid(found, table) == ROWS
    (region,) = found.regions
    assert (region.begin, region.end) == (table.begin, table.end)


def test_cells_without_a_line_between_them_are_one() -> None:
    rows = [["Chemistry of today", "", "", ""], *ROWS[1:]]
    missing = tuple(down(x - 5, 86, 102) for x in COLUMNS[1:])
    found = read_text([ruled(rows, missing)])
    first = found.tables[0].cells[0]
    assert (first.column_span, found.text[first.begin : first.end]) == (4, "Chemistry of today")
    assert len(found.tables[0].cells) == 13


def test_columns_whose_lines_were_lost_are_told_by_the_white() -> None:
    ys = [86 + 16 * row for row in range(5)]
    lost = tuple(down(x - 5, y0, y1) for x in COLUMNS[1:3] for y0, y1 in pairwise(ys))
    found = read_text([ruled(ROWS, lost)])
    (table,) = found.tables
    assert table.ruled
    assert grid(found, table) == ROWS


def test_a_frame_around_text_is_no_table() -> None:
    frame = [across(50, 55, 500), across(150, 55, 500), down(55, 50, 150), down(500, 50, 150)]
    lines = [
        "Chest radiograph: no infiltrate, heart not",
        "enlarged, no effusion. Compared with last",
        "year nothing has changed at all.",
    ]
    found = read_text([page(typed_lines(lines, 60, 60), frame)])
    assert found.tables == ()
    assert found.text.split("\n") == lines


def test_running_text_with_wide_spaces_is_no_table() -> None:
    lines = [
        "He  takes  no  medication  and  feels  well  today",
        "The  left  knee  bends  to  ninety  degrees  now",
        "Pulses  are  normal  and  the  skin  looks  intact",
        "We  talked  about  exercise  and  about  his  diet",
    ]
    given = []
    for row, line in enumerate(lines):
        x = 60.0
        for word in line.split():
            given.append(typed(word, x, 60 + 12 * row))
            x += 6 * len(word) + 6
    found = read_text([page(given)])
    assert found.tables == ()
    assert [line.split() for line in found.text.split("\n")] == [line.split() for line in lines]
