"""Text in whatever encoding it comes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chartstream.errors import Rejected
from chartstream.plaintext import decode

NOTE = "The café owner didn\u2019t sleep. Temperature 38.4\u00b0C, weight 16 kg.\nShe drinks well; naïve to opioids."


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"])
def test_the_same_text_in_any_encoding(encoding: str) -> None:
    assert decode(NOTE.encode(encoding)) == NOTE


def test_line_ends_become_newlines() -> None:
    assert decode(b"one\r\ntwo\rthree\ffour") == "one\ntwo\nthree\nfour"


def test_composed_and_decomposed_letters_are_one() -> None:
    assert decode("cafe\u0301".encode()) == "caf\u00e9"


@pytest.mark.parametrize(
    "content", [bytes(range(256)) * 4, b"\x00\x01\x02\x03" * 50, b"\x80\x81\x82\x00\x01\x02\x03\x04" * 20]
)
def test_bytes_that_are_no_text_are_rejected(content: bytes) -> None:
    with pytest.raises(Rejected) as rejection:
        decode(content)
    assert rejection.value.problems[0].code == "text_undecodable"


@given(st.binary(max_size=200))
def test_any_bytes_give_text_or_a_rejection(content: bytes) -> None:
    try:
        text = decode(content)
    except Rejected:
        return
    assert not {"\r", "\f", "\0"} & set(text)
