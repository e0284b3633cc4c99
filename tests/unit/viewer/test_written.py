"""The text as blocks: nothing is lost, and every piece knows what it belongs to."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from chartstream.events.extraction import ExtractedText, Section
from chartstream.viewer.seen import SeenDocument
from chartstream.viewer.written import Part, Piece, written
from tests.drawn import DOUBTFUL, drawn_document

DOCUMENT = drawn_document()


def pieces(parts: tuple[Part, ...]) -> Iterator[Piece]:
    for part in parts:
        for block in part.blocks:
            for row in block.table:
                for cell in row:
                    yield from cell.pieces
            for line in block.lines:
                yield from line


def test_all_of_the_text_is_there_in_order() -> None:
    shown = "".join(piece.text for piece in pieces(written(DOCUMENT)))
    assert shown.split() != []
    assert "".join(shown.split()) == "".join(str(DOCUMENT.text.text).split())


def test_sections_hold_their_lines_and_regions_their_numbers() -> None:
    parts = written(DOCUMENT)
    assert [part.kind for part in parts] == ["header", "history", "assessment", "results"]
    assert [b.number for part in parts for b in part.blocks] == list(range(1, 10))
    assert [b.page for part in parts for b in part.blocks if b.page] == [1]
    assert parts[1].blocks[0].kind == "title"


def test_a_table_is_rows_of_cells_with_the_empty_one() -> None:
    (block,) = [b for part in written(DOCUMENT) for b in part.blocks if b.table]
    rows = [["".join(piece.text for piece in cell.pieces) for cell in row] for row in block.table]
    assert rows[0] == ["Test", "Value", "Range"]
    assert rows[2] == ["HbA1c", "8.1", ""]
    assert block.lines == ()


def test_pieces_carry_the_keys_of_what_they_are() -> None:
    by_text = {piece.text: piece for piece in pieces(written(DOCUMENT))}
    birth = by_text["1961-04-09"]
    assert birth.keys.split()[0] == "f0"
    assert "field" in birth.names.split()
    assert "statement" in by_text["mellitus"].names
    assert "heading" in by_text["HISTORY"].names
    assert "poor" in by_text[DOUBTFUL].names.split()
    assert by_text[DOUBTFUL].confidence == "0.62"


def test_what_stands_before_the_first_section_is_in_no_section() -> None:
    later = dataclasses.replace(DOCUMENT, sections=DOCUMENT.sections[1:])
    first, second, *_ = written(later)
    assert (first.key, second.key) == ("", "s0")


def test_text_without_anything_found_in_it_is_shown_plainly() -> None:
    document = SeenDocument("n", "text/plain", b"", ExtractedText(text="one\n\ntwo"), 1.0)
    (part,) = written(document)
    assert [line for block in part.blocks for line in block.lines] == [
        (Piece("one", "", ""),),
        (),
        (Piece("two", "", ""),),
    ]


@given(
    st.text(alphabet="ab \n", min_size=1, max_size=60),
    st.lists(st.integers(0, 60), min_size=0, max_size=8),
)
def test_no_character_is_lost_wherever_sections_begin(text: str, cuts: list[int]) -> None:
    bounds = sorted({min(cut, len(text)) for cut in cuts})
    sections = tuple(Section(kind="plan", begin=begin, end=end, confidence=1.0) for begin, end in pairwise(bounds))
    document = SeenDocument("n", "text/plain", b"", ExtractedText(text=text), 1.0, sections=sections)
    parts = written(document)
    lines = ["".join(piece.text for piece in line) for part in parts for b in part.blocks for line in b.lines]
    assert "\n".join(lines) == text
