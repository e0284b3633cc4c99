"""Extracted texts as they lie in the store."""

from __future__ import annotations

import io
from typing import Any

import fastavro
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chartstream.errors import Rejected
from chartstream.events import schema
from chartstream.events.extraction import Box, ExtractedDocument, ExtractedText, Page, TextLine
from chartstream.events.head import ClaimCheck
from chartstream.texts import MEDIA_TYPE, decode_text, encode_text, plain_text
from tests.unit.builders import DictStore, extracted_document

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


def _stored(content: bytes) -> tuple[ExtractedDocument, DictStore]:
    store = DictStore()
    uri, sha256 = store.put(content, MEDIA_TYPE)
    check = ClaimCheck(uri=uri, sha256=sha256, size_bytes=len(content), media_type=MEDIA_TYPE)
    return extracted_document().model_copy(update={"text": check}), store


def _container(text: Any, codec: str = "null") -> bytes:
    out = io.BytesIO()
    record = {**TEXT.model_dump(), "text": text}
    fastavro.writer(out, fastavro.parse_schema(schema.composed("types/ExtractedText")), [record], codec=codec)
    return out.getvalue()


@given(st.text(st.characters(exclude_categories=("Cs",))))
def test_the_words_alone_are_those_of_the_whole_text(text: str) -> None:
    assert plain_text(*_stored(encode_text(TEXT.model_copy(update={"text": text})))) == text


def test_the_words_of_a_container_of_another_making_are_read_too() -> None:
    assert plain_text(*_stored(_container(TEXT.text, codec="deflate"))) == TEXT.text


@pytest.mark.parametrize("lost", [20, 200])
def test_the_words_of_a_text_that_was_cut_short_are_not_given(lost: int) -> None:
    with pytest.raises(Rejected) as rejection:
        plain_text(*_stored(encode_text(TEXT)[:-lost]))
    assert rejection.value.problems[0].code == "text_unreadable"


def test_encrypted_words_are_said_to_be_so() -> None:
    sealed = {"key_id": "key-1", "algorithm": "AES-256-GCM", "nonce": b"n", "ciphertext": b"c"}
    with pytest.raises(Rejected) as rejection:
        plain_text(*_stored(_container(sealed)))
    assert rejection.value.problems[0].code == "text_encrypted"
