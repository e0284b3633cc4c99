"""Sentences and headings around a place in a text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chartstream.validation.passages import heading_above, sentence_around


def sentence(text: str, words: str) -> str:
    begin = text.index(words)
    first, last = sentence_around(text, begin, begin + len(words))
    return text[first:last].strip()


@pytest.mark.parametrize(
    ("text", "words", "found"),
    [
        ("One here. Two there! Three?", "Two", "Two there"),
        ("One here. Two there! Three?", "One", "One here"),
        ("One here. Two there! Three?", "Three", "Three"),
        ("Knee: pain; hip: none", "pain", "Knee: pain"),
        ("Knee: pain; hip: none", "hip", "hip: none"),
        ("Takes 2.5 mg for pain. Well.", "pain", "Takes 2.5 mg for pain"),
        ("Lt. knee pain. Rt. fine.", "knee", "Lt. knee pain"),
        ("Seen by Dr. Brandt for pain.", "pain", "Seen by Dr. Brandt for pain"),
        ("He left. Pain stayed.", "Pain", "Pain stayed"),
        ("Pain in the\nright knee.", "Pain", "Pain in the\nright knee"),
        ("Pain in the\nright knee.", "knee", "Pain in the\nright knee"),
        ("Knee pain\nHip fine", "Hip", "Hip fine"),
        ("Knee pain\nHip fine", "Knee", "Knee pain"),
        ("Knee pain.\nHip fine", "pain.", "Knee pain"),
        ("All of it", "All of it", "All of it"),
        ("One. Two. Three.", "One. Two", "One. Two"),
    ],
)
def test_a_sentence_ends_with_its_mark_or_line(text: str, words: str, found: str) -> None:
    assert sentence(text, words) == found


def test_a_sentence_without_end_is_cut_where_it_gets_too_long() -> None:
    text = "x" * 2000 + "KNEE" + "y" * 2000
    first, last = sentence_around(text, 2000, 2004)
    assert (first, last) == (1400, 2604)


@given(st.text("ab.;\n L", min_size=1, max_size=60), st.data())
def test_the_words_themselves_always_lie_in_their_sentence(text: str, data: st.DataObject) -> None:
    begin = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(begin + 1, len(text)))
    first, last = sentence_around(text, begin, end)
    assert 0 <= first <= begin
    assert end - 1 <= last <= len(text)


@pytest.mark.parametrize(
    ("text", "words", "found"),
    [
        ("Left knee\nPain on stairs.", "Pain", "Left knee"),
        ("Plan.\n\nLeft knee\nPain.\nMore pain.", "More", "Left knee"),
        ("Left knee\n\nPain on stairs.", "Pain", None),
        ("Left knee pain", "pain", None),
        ("Left knee\nPain", "knee", None),
        ("a" * 120 + "\nPain", "Pain", "a" * 120),
        ("a" * 121 + "\nPain", "Pain", None),
    ],
)
def test_the_heading_is_the_short_first_line_of_the_paragraph(text: str, words: str, found: str | None) -> None:
    span = heading_above(text, text.index(words))
    assert (text[span[0] : span[1]] if span else None) == found
