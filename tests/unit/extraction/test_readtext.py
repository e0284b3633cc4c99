"""Text, lines, words, regions, tables and pages are one structure: whatever is put in, they agree."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chartstream.events.extraction import RegionKind
from chartstream.extraction.evidence import evidence, text_record
from chartstream.extraction.fragments import Box
from chartstream.extraction.readtext import (
    Cell,
    Line,
    Page,
    PageFacts,
    PlacedWord,
    ReadText,
    Region,
    Table,
    TextBuilder,
    Token,
)
from chartstream.texts import decode_text, encode_text

LETTERS = st.text(st.characters(categories=("L", "N", "P")), min_size=1, max_size=8)
PIECES = st.lists(st.lists(st.tuples(LETTERS, st.floats(0, 1), st.booleans()), max_size=3), max_size=3)
ROWS = st.tuples(PIECES, st.sampled_from([None, *RegionKind]))
PAGES = st.lists(st.lists(ROWS, max_size=5), max_size=3)
Given = list[list[tuple[list[list[tuple[str, float, bool]]], RegionKind | None]]]


def built(pages: Given) -> ReadText:
    builder = TextBuilder()
    for number, page in enumerate(pages, 1):
        first = builder.line_count
        for row, (pieces, kind) in enumerate(page):
            tokens = [
                [
                    Token(text, number, Box(10 * x, 20 * row, 10 * x + 8, 20 * row + 15), score, glued)
                    for x, (text, score, glued) in enumerate(piece, 4 * at)
                ]
                for at, piece in enumerate(pieces)
            ]
            spans = builder.add_row(tokens, number)
            if kind is not None:
                builder.add_region(kind, builder.line_count - 1)
            if kind is RegionKind.TABLE:
                cells = [Cell(0, column, *span) for column, span in enumerate(spans)]
                builder.add_table(cells, len(cells), builder.line_count - 1)
        builder.add_page(PageFacts(number, 200, 200, "pt", 0, "test"), first, builder.line_count)
    return builder.build()


@given(PAGES)
def test_lines_tile_the_text_and_words_tile_what_is_no_space(pages: Given) -> None:
    read = built(pages)
    assert "\n".join(read.text[line.begin : line.end] for line in read.lines) == read.text
    covered = [offset for word in read.words for offset in range(word.begin, word.end)]
    assert covered == [offset for offset, c in enumerate(read.text) if not c.isspace()]
    rows = [pieces for page in pages for pieces, _ in page]
    for line, pieces in zip(read.lines, rows, strict=True):
        inside = [read.text[w.begin : w.end] for w in read.words if line.begin <= w.begin and w.end <= line.end]
        assert inside == [text for piece in pieces for text, _, _ in piece]


@given(PAGES)
def test_pieces_stand_two_spaces_apart_and_a_broken_word_is_whole(pages: Given) -> None:
    read = built(pages)
    for line in read.lines:
        words = [w for w in read.words if line.begin <= w.begin < line.end]
        gaps = {after.begin - before.end for before, after in pairwise(words)}
        assert gaps <= {0, 1, 2}
    glued = sum(flag for page in pages for pieces, _ in page for flag in _glued(pieces))
    assert sum(after.begin == before.end for before, after in pairwise(read.words)) == glued


def _glued(pieces: list[list[tuple[str, float, bool]]]) -> list[bool]:
    return [flag for piece in pieces for _, _, flag in piece][1:]


@given(PAGES)
def test_pages_regions_tables_and_cells_hold_their_lines(pages: Given) -> None:
    read = built(pages)
    for line in read.lines:
        page = read.pages[(line.page or 0) - 1]
        assert page.begin <= line.begin <= line.end <= page.end
    kinds = [kind for page in pages for _, kind in page if kind is not None]
    assert [region.kind for region in read.regions] == kinds
    spans = {(line.begin, line.end) for line in read.lines}
    assert all((part.begin, part.end) in spans for part in (*read.regions, *read.tables))
    for table in read.tables:
        texts = [read.text[cell.begin : cell.end] for cell in table.cells]
        assert "".join(texts).replace(" ", "") == read.text[table.begin : table.end].replace(" ", "")


@given(PAGES, st.data())
def test_a_span_finds_its_words_their_boxes_and_lowest_score(pages: Given, data: st.DataObject) -> None:
    read = built(pages)
    begin = data.draw(st.integers(0, len(read.text)))
    end = data.draw(st.integers(begin, len(read.text)))
    span = set(range(begin, end))
    touched = [word for word in read.words if set(range(word.begin, word.end)) & span]
    assert list(read.words_at(begin, end)) == touched
    lines = [line for line in read.lines if set(range(line.begin, line.end)) & span]
    assert list(read.lines_at(begin, end)) == lines
    lowest = min((part.confidence for part in touched or lines), default=0.0)
    assert read.confidence_at(begin, end) == lowest
    found = evidence("d", read, (), (begin, end), "value")
    assert found.page == (touched[0].page if touched else None)
    here = [word.box for word in touched if word.page == found.page]
    rows = sorted({box.y0 for box in here})
    assert [round(box.y0 * 200) for box in found.boxes] == rows
    for box in found.boxes:
        mates = [other for other in here if other.y0 == round(box.y0 * 200)]
        assert (round(box.x0 * 200), round(box.x1 * 200)) == (mates[0].x0, mates[-1].x1)


@given(PAGES)
def test_the_record_carries_the_same_structure_and_is_stored_whole(pages: Given) -> None:
    read = built(pages)
    record = text_record(read)
    assert [(w.begin, w.end, w.page) for w in record.words] == [(w.begin, w.end, w.page) for w in read.words]
    assert [(p.begin, p.end) for p in record.pages] == [(p.begin, p.end) for p in read.pages]
    assert [(r.kind, r.begin, r.end) for r in record.regions] == [(r.kind, r.begin, r.end) for r in read.regions]
    assert [len(t.cells) for t in record.tables] == [len(t.cells) for t in read.tables]
    placed = [line for line in read.lines if line.box is not None]
    assert [(line.begin, line.end) for line in record.lines] == [(line.begin, line.end) for line in placed]
    assert decode_text(encode_text(record)) == record


def test_the_rest_of_a_broken_word_keeps_its_own_place() -> None:
    builder = TextBuilder()
    tokens = [Token("hyper", 1, Box(80, 10, 99, 20), 0.9), Token("tension.", 1, Box(10, 30, 50, 40), 0.7, glued=True)]
    builder.add_row([tokens], 1)
    builder.add_page(PageFacts(1, 100, 100, "pt", 0, "test"), 0, 1)
    read = builder.build()
    assert read.text == "hypertension."
    assert read.lines[0].box == Box(80, 10, 99, 20)
    boxes = evidence("d", read, (), (0, 12), "value").boxes
    assert [(box.x0, box.y0) for box in boxes] == [(0.8, 0.1), (0.1, 0.3)]


BOX = Box(0, 0, 1, 1)
TWO = (Line(0, 3, 1, BOX, 1.0), Line(4, 7, 1, BOX, 1.0))


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


@pytest.mark.parametrize(
    ("parts", "reason"),
    [
        ({"words": (PlacedWord(0, 4, 1, BOX, 1.0),)}, "white space"),
        ({"words": (PlacedWord(4, 7, 1, BOX, 1.0), PlacedWord(0, 3, 1, BOX, 1.0))}, "out of order"),
        ({"words": (PlacedWord(0, 2, 1, BOX, 1.0), PlacedWord(1, 3, 1, BOX, 1.0))}, "overlap"),
        ({"regions": (Region(RegionKind.TEXT, 0, 2, 1, None),)}, "whole lines"),
        ({"regions": (Region(RegionKind.TEXT, 0, 7, 1, None), Region(RegionKind.LIST, 4, 7, 1, None))}, "overlap"),
        ({"tables": (Table(0, 3, 1, 1, 1, (Cell(0, 0, 2, 5),)),)}, "outside"),
        ({"pages": (Page(1, 9, 9, "pt", 0, "e", 1, 0, 5), Page(2, 9, 9, "pt", 0, "e", 1, 4, 7))}, "overlap"),
    ],
)
def test_parts_that_contradict_the_lines_are_a_defect(parts: dict[str, tuple[object, ...]], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        ReadText("one\ntwo", TWO, **{"pages": (), **parts})  # type: ignore[arg-type]


def test_a_blank_page_has_no_confidence_and_an_empty_stretch() -> None:
    word = [[("one", 0.9, False)]]
    read = built([[(word, None)], [], [([[("two", 0.8, False)]], None)]])
    blank = read.pages[1]
    assert (blank.confidence, blank.begin, blank.end) == (0.0, 3, 3)
    assert read.mean_confidence() == pytest.approx(0.85)
