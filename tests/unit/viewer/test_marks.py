"""What is drawn on a page: keys, places and grids."""

from __future__ import annotations

import dataclasses

import pytest

from chartstream.events.extraction import TableCell
from chartstream.viewer.marks import WIDTH, Drawing, Rectangle, band, drawings
from tests.drawn import HEIGHT, drawn_document
from tests.drawn import WIDTH as PIXELS

DOCUMENT = drawn_document()
(DRAWING,) = drawings(DOCUMENT)
WORDS = str(DOCUMENT.text.text)


def inside(inner: Rectangle, outer: Rectangle) -> bool:
    return (
        outer.x <= inner.x
        and outer.y <= inner.y
        and inner.x + inner.width <= outer.x + outer.width
        and inner.y + inner.height <= outer.y + outer.height
    )


def test_a_page_keeps_its_proportions() -> None:
    assert pytest.approx(WIDTH * HEIGHT / PIXELS, abs=0.1) == DRAWING.height


def test_every_word_has_a_mark_with_its_own_key_and_those_around_it() -> None:
    assert [mark.keys.split()[0] for mark in DRAWING.words] == [f"w{n}" for n in range(len(DOCUMENT.text.words))]
    for mark in DRAWING.words:
        *_, region, section = mark.keys.split()
        around = next(m for m in DRAWING.regions if m.keys == region)
        assert section.startswith("s")
        assert inside(mark.boxes[0], around.boxes[0])


def test_a_word_names_the_field_or_statement_that_it_belongs_to() -> None:
    found = {word.keys.split()[0]: word.keys.split()[1:-2] for word in DRAWING.words}
    of = {text: key for key, text in zip(found, (WORDS[w.begin : w.end] for w in DOCUMENT.text.words), strict=True)}
    assert found[of["1961-04-09"]] == ["f0"]
    assert found[of["diabetes"]] == ["t0"]
    assert found[of["Glucose"]] == []


def test_the_order_has_one_place_for_each_region_and_stays_on_the_page() -> None:
    assert len(DRAWING.order) == len(DOCUMENT.text.regions) == len(DRAWING.regions)
    assert all(0 < x < WIDTH and 0 < y < DRAWING.height for x, y in DRAWING.order)


def test_a_section_that_stands_in_the_second_column_has_its_own_box() -> None:
    history, assessment = (next(m for m in DRAWING.sections if m.label == kind) for kind in ("history", "assessment"))
    assert len(history.boxes) == len(assessment.boxes) == 1
    assert history.boxes[0].x + history.boxes[0].width < assessment.boxes[0].x


def test_a_section_over_two_columns_has_a_box_in_each() -> None:
    (header, *_) = DOCUMENT.sections
    whole = header.model_copy(update={"end": len(str(DOCUMENT.text.text))})
    (mark,) = drawings(dataclasses.replace(DOCUMENT, sections=(whole,)))[0].sections
    assert len(mark.boxes) == 2


def test_cells_are_as_wide_as_their_column_and_as_high_as_their_row_the_empty_one_too() -> None:
    (outline,) = DRAWING.tables
    boxes = {mark.keys.split()[0]: mark.boxes[0] for mark in DRAWING.cells}
    assert len(boxes) == 12
    assert {boxes[f"c0.{n}"].x for n in (1, 4, 7, 10)} == {boxes["c0.1"].x}
    assert {(boxes[f"c0.{n}"].y, boxes[f"c0.{n}"].height) for n in (6, 7, 8)} == {
        (boxes["c0.6"].y, boxes["c0.6"].height)
    }
    assert [mark.keys for mark in DRAWING.cells if mark.name == "empty"] == ["c0.8 b0"]  # HbA1c has no range
    assert all(inside(box, outline.boxes[0]) for box in boxes.values())


def test_a_cell_over_two_columns_is_as_wide_as_both() -> None:
    (table,) = DOCUMENT.text.tables
    first, _, third, *others = table.cells
    merged = table.model_copy(update={"cells": (first.model_copy(update={"column_span": 2}), third, *others)})
    text = DOCUMENT.text.model_copy(update={"tables": (merged,)})
    (drawing,) = drawings(dataclasses.replace(DOCUMENT, text=text))
    wide, under = drawing.cells[0].boxes[0], drawing.cells[3].boxes[0]
    assert wide.x + wide.width == pytest.approx(under.x + under.width, abs=0.2)


def test_a_column_in_which_nothing_stands_has_no_cells_to_draw() -> None:
    (table,) = DOCUMENT.text.tables
    beyond = TableCell(row=0, column=3, begin=table.end, end=table.end)
    text = DOCUMENT.text.model_copy(
        update={"tables": (table.model_copy(update={"columns": 4, "cells": (*table.cells, beyond)}),)}
    )
    (drawing,) = drawings(dataclasses.replace(DOCUMENT, text=text))
    assert len(drawing.cells) == 12


def test_without_words_lines_have_the_marks() -> None:
    text = DOCUMENT.text.model_copy(update={"words": ()})
    (drawing,) = drawings(dataclasses.replace(DOCUMENT, text=text))
    assert [mark.keys.split()[0] for mark in drawing.words] == [f"l{n}" for n in range(len(text.lines))]


def test_fields_and_statements_stand_where_their_evidence_does() -> None:
    assert [mark.keys for mark in DRAWING.fields] == ["f0", "f1", "f2"]
    assert [len(mark.boxes) for mark in DRAWING.statements] == [4, 1]


@pytest.mark.parametrize(("confidence", "name"), [(1.0, "sure"), (0.95, "sure"), (0.949, "fair"), (0.849, "poor")])
def test_confidence_has_three_bands(confidence: float, name: str) -> None:
    assert band(confidence) == name


def test_what_stands_on_another_page_is_not_drawn() -> None:
    (first,) = DOCUMENT.text.pages
    pages = (first, first.model_copy(update={"number": 2}))
    _, second = drawings(dataclasses.replace(DOCUMENT, text=DOCUMENT.text.model_copy(update={"pages": pages})))
    empty = dict.fromkeys((field.name for field in dataclasses.fields(Drawing)), ())
    assert dataclasses.asdict(second) | {"page": (), "height": ()} == empty


def test_the_name_of_a_section_stands_where_nothing_is_written() -> None:
    lines = [
        (line.box.x0 * WIDTH, line.box.y0 * DRAWING.height, line.box.x1 * WIDTH, line.box.y1 * DRAWING.height)
        for line in DOCUMENT.text.lines
    ]
    notes = [mark.note for mark in DRAWING.sections if mark.note is not None]
    assert [note.text for note in notes] == ["header", "history", "assessment", "results"]
    for note in notes:
        assert note.free
        begin = note.x - 7 * len(note.text)
        assert not any(x0 < note.x and begin < x1 and y0 < note.y - 4 < y1 for x0, y0, x1, y1 in lines)


def test_a_name_without_a_free_place_waits_until_its_section_is_lit() -> None:
    (header, *_) = DOCUMENT.sections
    crowded = header.model_copy(update={"kind": "a_kind_whose_name_is_longer_than_the_page_has_room_for" * 2})
    (mark,) = drawings(dataclasses.replace(DOCUMENT, sections=(crowded,)))[0].sections
    assert mark.note is not None
    assert not mark.note.free
