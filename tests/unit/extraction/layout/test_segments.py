"""Fragments come into segments and rows from the top, and within a row from the left."""

from __future__ import annotations

import pytest

from chartstream.extraction.fragments import Box, Fragment
from chartstream.extraction.layout.segments import Scale, is_marker, rows_of, segments_of

SCALE = Scale(letter=10, gutter=4.5)


def fragment(text: str, x: float, y: float, width: float = 40, height: float = 10) -> Fragment:
    return Fragment.of_line(text, Box(x, y, x + width, y + height), 1.0)


def test_rows_from_the_top_and_fragments_from_the_left() -> None:
    given = [fragment("d", 60, 21), fragment("a", 10, 0), fragment("c", 10, 20), fragment("b", 60, 1)]
    assert [[f.text for f in row] for row in rows_of(given)] == [["a", "b"], ["c", "d"]]


def test_a_slanted_row_does_not_run_into_the_next() -> None:
    slanted = [fragment(str(n), 50 * n, 1.0 * n) for n in range(5)]
    below = [fragment(str(n + 5), 50 * n, 14 + 1.0 * n) for n in range(5)]
    assert [[f.text for f in row] for row in rows_of([*below, *slanted])] == [list("01234"), list("56789")]


def test_wide_gaps_part_and_narrow_ones_join() -> None:
    row = [fragment("A1c", 0, 0), fragment("6.9", 120, 0), fragment("%", 163, 0)]
    assert [segment.text for segment in segments_of(row, SCALE)] == ["A1c", "6.9 %"]
    whole = Fragment(tuple(word for part in row for word in part.words))
    assert [segment.text for segment in segments_of([whole], SCALE)] == ["A1c", "6.9 %"]


def test_the_mark_of_a_list_stays_with_its_text() -> None:
    row = [fragment("1.", 0, 0, width=8), fragment("Hypertension", 34, 0), fragment("I10", 120, 0)]
    assert [segment.text for segment in segments_of(row, SCALE)] == ["1. Hypertension", "I10"]


@pytest.mark.parametrize("text", ["-", "•", "1.", "12)", "(a)", "iv.", "\u2013"])
def test_marks_of_lists(text: str) -> None:
    assert is_marker(text)


@pytest.mark.parametrize("text", ["1", "120/80", "A1c", "mg.", "1.5", ""])
def test_what_is_no_mark(text: str) -> None:
    assert not is_marker(text)
