"""Text, lines and pages are one structure: whatever is put in, offsets, boxes and pages agree."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chartstream.extraction.evidence import evidence, text_record
from chartstream.extraction.fragments import Box
from chartstream.extraction.readtext import Line, ReadText, TextBuilder

WORDS = st.text(st.characters(exclude_categories=("Cs",)), max_size=30)
PAGES = st.lists(st.lists(st.tuples(WORDS, st.floats(0, 1)), max_size=6), max_size=4)


def built(pages: list[list[tuple[str, float]]]) -> ReadText:
    builder = TextBuilder()
    for page in pages:
        for row, (text, confidence) in enumerate(page):
            box = Box(10, 20 * row, 90, 20 * row + 15)
            builder.add_line(text, page=builder.next_page, box=box, confidence=confidence)
        builder.close_page(100, 200, "pt", 0, "test")
    return builder.build()


@given(PAGES)
def test_lines_tile_the_text_and_keep_what_was_put_in(pages: list[list[tuple[str, float]]]) -> None:
    read = built(pages)
    given_lines = [(text, score, number) for number, page in enumerate(pages, 1) for text, score in page]
    assert "\n".join(read.text[line.begin : line.end] for line in read.lines) == read.text
    assert len(read.lines) == len(given_lines)
    for line, (text, score, number) in zip(read.lines, given_lines, strict=True):
        assert read.text[line.begin : line.end] == text.replace("\r", " ").replace("\n", " ").rstrip()
        assert (line.confidence, line.page) == (score, number)


@given(PAGES)
def test_every_line_lies_in_the_stretch_of_its_page(pages: list[list[tuple[str, float]]]) -> None:
    read = built(pages)
    assert len(read.pages) == len(pages)
    for line in read.lines:
        page = read.pages[(line.page or 0) - 1]
        assert page.begin <= line.begin <= line.end <= page.end


@given(PAGES, st.data())
def test_a_span_finds_its_lines_boxes_and_lowest_score(
    pages: list[list[tuple[str, float]]], data: st.DataObject
) -> None:
    read = built(pages)
    begin = data.draw(st.integers(0, len(read.text)))
    end = data.draw(st.integers(begin, len(read.text)))
    touched = [line for line in read.lines if set(range(line.begin, line.end)) & set(range(begin, end))]
    assert list(read.lines_at(begin, end)) == touched
    assert read.confidence_at(begin, end) == min((line.confidence for line in touched), default=0.0)
    found = evidence("d", read, (), (begin, end), "value")
    on_first_page = [line for line in touched if line.page == touched[0].page]
    assert len(found.boxes) == len(on_first_page)
    assert all(0 <= box.x0 <= box.x1 <= 1 and 0 <= box.y0 <= box.y1 <= 1 for box in found.boxes)


@given(PAGES)
def test_the_record_carries_the_same_offsets(pages: list[list[tuple[str, float]]]) -> None:
    read = built(pages)
    record = text_record(read)
    assert [(line.begin, line.end) for line in record.lines] == [(line.begin, line.end) for line in read.lines]
    assert [(page.begin, page.end) for page in record.pages] == [(page.begin, page.end) for page in read.pages]


@pytest.mark.parametrize(
    "lines",
    [
        (),
        (Line(0, 2, None, None, 1.0),),
        (Line(0, 3, None, None, 1.0), Line(3, 6, None, None, 1.0)),
        (Line(0, 6, None, None, 1.0),),
    ],
)
def test_lines_that_do_not_tile_the_text_are_a_defect(lines: tuple[Line, ...]) -> None:
    with pytest.raises(ValueError, match="line"):
        ReadText("one\ntwo"[:6], lines, ())


def test_a_blank_page_has_no_confidence_and_an_empty_stretch() -> None:
    read = built([[("one", 0.9)], [], [("two", 0.8)]])
    blank = read.pages[1]
    assert (blank.confidence, blank.begin, blank.end) == (0.0, 3, 3)
    assert read.mean_confidence() == pytest.approx(0.85)
