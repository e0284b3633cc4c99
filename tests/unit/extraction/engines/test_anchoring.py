"""Two readings of one page: the words of the one, the places of the other."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chartstream.extraction.engines.anchoring import anchored
from chartstream.extraction.engines.engine import OcrPage
from chartstream.extraction.fragments import Box, Fragment, Word
from tests.unit.paper import paper

IMAGE = paper(1000, 1000)
WHOLE = Box(0, 0, 1000, 1000)


def found(*texts: str, score: float = 0.9) -> OcrPage:
    """A first reading: a line each fifty pixels, ten pixels a letter."""
    lines = [
        Fragment.of_line(text, Box(100, 50 * row, 100 + 10 * len(text), 50 * row + 30), score)
        for row, text in enumerate(texts)
    ]
    return OcrPage(tuple(lines), IMAGE, rotation=180, skew=0.7)


def told(*texts: str, score: float = 0.8) -> OcrPage:
    """A stronger reading without places."""
    lines = [Fragment(tuple(Word(word, WHOLE, score) for word in text.split())) for text in texts]
    return OcrPage(tuple(lines), IMAGE, ordered=True)


def test_words_read_alike_get_their_place_and_the_better_score() -> None:
    page = anchored(told("Chronic kidney disease"), found("chronic kidney disease", score=0.95), 0.9).page
    chronic, kidney, _ = page.fragments[0].words
    assert kidney == Word("kidney", Box(180, 0, 240, 30), 0.95)
    # In other letters it stands at the same place, and the other engine does not vouch for it.
    assert (chronic.box, chronic.confidence) == (Box(100, 0, 170, 30), 0.8)
    assert (page.rotation, page.skew, page.ordered) == (180, 0.7, True)


def test_a_word_read_otherwise_stands_between_its_neighbours() -> None:
    page = anchored(told("Chronic kidney disease stage 3b"), found("Chronic kldnoy disease", score=0.9), 0.9).page
    words = page.fragments[0].words
    assert words[1] == Word("kidney", Box(170, 0, 250, 30), 0.8)
    assert words[3].box.x0 == words[2].box.x1
    assert words[3].box.y1 == 30


def test_lines_in_another_order_find_their_places() -> None:
    first = found("Left column one", "right side one", "Left column two", "right side two")
    page = anchored(told("Left column one", "Left column two", "right side one", "right side two"), first, 0.9).page
    assert [line.box.y0 for line in page.fragments] == [0, 100, 50, 150]


def test_a_line_that_was_not_found_keeps_its_place() -> None:
    page = anchored(told("RECEIVED", "Plan: rest"), found("Plan: rest"), 0.9).page
    assert [line.box for line in page.fragments] == [WHOLE, Box(100, 0, 200, 30)]


@pytest.mark.parametrize(
    ("stronger", "kept"), [("Plan: rest the ankle", 1.0), ("Plan: rest", 8 / 16), ("something else", 0.0), ("", 0.0)]
)
def test_what_was_surely_read_is_looked_for(stronger: str, kept: float) -> None:
    result = anchored(
        told(stronger) if stronger else OcrPage((), IMAGE), found("Plan: rest the ankle", score=0.99), 0.97
    )
    assert result.kept == pytest.approx(kept)
    assert anchored(told(stronger or "x"), found("Plan: rest the ankle", score=0.5), 0.97).kept == 1.0


TEXT = st.lists(
    st.sampled_from(["mg", "rest", "2", "x", "Left", "LEFT", "-", "ankle", "kidney"]), min_size=1, max_size=5
)
PAGES = st.lists(TEXT.map(" ".join), max_size=5)


@given(PAGES, PAGES)
def test_no_word_is_added_lost_moved_or_placed_off_the_page(stronger: list[str], first: list[str]) -> None:
    page = anchored(told(*stronger), found(*first), 0.9).page
    assert [line.text for line in page.fragments] == stronger
    for word in (word for line in page.fragments for word in line.words):
        assert 0 <= word.box.x0 <= word.box.x1 <= 1000
        assert 0 <= word.box.y0 <= word.box.y1 <= 1000
        assert word.confidence in {0.8, 0.9}


@given(PAGES)
def test_the_same_reading_is_placed_wholly(texts: list[str]) -> None:
    first = found(*texts)
    result = anchored(told(*texts), first, 0.9)
    assert result.kept == 1
    assert {word.box for line in result.page.fragments for word in line.words} == {
        word.box for line in first.fragments for word in line.words
    }
