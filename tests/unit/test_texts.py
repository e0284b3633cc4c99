"""Extracted texts as they lie in the store."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chartstream.errors import Rejected
from chartstream.events.extraction import Box, ExtractedText, Page, TextLine
from chartstream.texts import decode_text, encode_text

TEXT = ExtractedText(
    text="Lungs clear.\nNo \u0153dema.",
    lines=(TextLine(begin=0, end=12, page=1, box=Box(x0=0.1, y0=0.1, x1=0.5, y1=0.12), confidence=0.98),),
    pages=(
        Page(number=1, width=612, height=792, unit="pt", rotation=90, engine="x", confidence=None, begin=0, end=23),
    ),
)


@given(st.text(st.characters(exclude_categories=("Cs",))))
def test_any_text_comes_back_as_it_was(text: str) -> None:
    record = TEXT.model_copy(update={"text": text})
    assert decode_text(encode_text(record)) == record


def test_equal_texts_have_one_address_and_others_another() -> None:
    assert encode_text(TEXT) == encode_text(TEXT.model_copy())
    assert encode_text(TEXT) != encode_text(TEXT.model_copy(update={"text": "Lungs clear."}))


@pytest.mark.parametrize("content", [b"", b"Obj\x01", b"no text at all", encode_text(TEXT)[:-20], b"\0" * 100])
def test_other_bytes_are_rejected_without_a_word_of_what_they_hold(content: bytes) -> None:
    with pytest.raises(Rejected) as rejection:
        decode_text(content)
    assert rejection.value.problems[0].code == "text_unreadable"
    assert rejection.value.__cause__ is None
