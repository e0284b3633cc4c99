"""Word 97-2003: text in pieces, whatever their encoding; what is locked or carries macros is told apart."""

from __future__ import annotations

import pytest

from chartstream.errors import Rejected
from chartstream.formats.word97 import has_macros, is_word, paragraphs
from tests.unit.formats.compound_file import ROW_END, compound_file, word_file

TEXT = "ASSESSMENT\rFever 38\u00b0C.\x0bCough.\rPotassium\x073.1\x07\x07Sodium\x07140\x07\x07\rPlan\x01 of care"


def texts(content: bytes) -> list[str]:
    return [paragraph.text for paragraph in paragraphs(content) if paragraph.text]


@pytest.mark.parametrize("wide", [False, True])
@pytest.mark.parametrize("pieces", [1, 2, 7])
def test_pieces_are_put_together(wide: bool, pieces: int) -> None:
    assert texts(word_file(TEXT, pieces=pieces, wide=wide)) == [
        "ASSESSMENT",
        "Fever 38\u00b0C.\nCough.",
        "Potassium  3.1",
        "Sodium  140",
        "Plan of care",
    ]


def test_headers_come_first_and_once() -> None:
    assert texts(word_file("Plan", header="MRN 4711\rMRN 4711")) == ["MRN 4711", "Plan"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("See \x13 HYPERLINK x \x14guideline\x15 first", "See guideline first"),
        ("On \x13 DATE \x15day", "On day"),
        ("A\x13 IF \x13 PAGE \x141\x15 \x14B\x15C", "ABC"),
        ("A\x15B", "AB"),
        ("A\x13 never closed", "A"),
    ],
)
def test_fields_give_their_results(text: str, expected: str) -> None:
    assert texts(word_file(text)) == [expected]


@pytest.mark.parametrize("wide", [False, True])
@pytest.mark.parametrize("pieces", [1, 4])
def test_rows_end_where_their_formatting_says(wide: bool, pieces: int) -> None:
    rows = f"Sodium\x07140\x07\x07136-145\x07{ROW_END}Potassium\x073.1\x07low\rtoday\x073.5-5.1\x07{ROW_END}Plan"
    assert texts(word_file(rows, wide=wide, pieces=pieces)) == [
        "Sodium  140  136-145",
        "Potassium  3.1  low today  3.5-5.1",
        "Plan",
    ]


@pytest.mark.parametrize("wide", [False, True])
@pytest.mark.parametrize("pieces", [1, 3])
def test_what_a_tracked_change_deleted_is_not_read(wide: bool, pieces: int) -> None:
    content = word_file("No pneumonia. Bronchitis.\rPlan", deleted="No pneumonia. ", wide=wide, pieces=pieces)
    assert texts(content) == ["Bronchitis.", "Plan"]


def test_characters_of_two_places_shift_nothing() -> None:
    whole = "Mood \U0001f600 good\rPlan"
    content = word_file(whole.replace("\U0001f600", "\ud83d\ude00"), wide=True)
    assert texts(content) == ["Mood \U0001f600 good", "Plan"]


def test_macros_are_seen() -> None:
    assert has_macros(word_file(TEXT, macros=True))
    assert not has_macros(word_file(TEXT))


def test_other_ole_files_are_no_word_files() -> None:
    assert is_word(word_file(TEXT))
    assert not is_word(compound_file({"Workbook": b"cells"}))


def _patched(offset: int, value: bytes) -> bytes:
    """The document with bytes of its WordDocument stream replaced."""
    content = bytearray(word_file(TEXT))
    begin = content.index(b"\xec\xa5") + offset
    content[begin : begin + len(value)] = value
    return bytes(content)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (word_file(TEXT, encrypted=True), "document_encrypted"),
        (_patched(2, b"\x65\x00"), "media_type_unsupported"),
        (_patched(0x4C, b"\xff\xff\x00\x00"), "document_truncated"),
        (_patched(0x01A2, b"\xff\xff\xff\x00"), "document_unreadable"),
        (compound_file({"WordDocument": b""}), "media_type_unsupported"),
        (word_file(TEXT)[:700], "document_unreadable"),
    ],
)
def test_what_cannot_be_read_is_refused(content: bytes, code: str) -> None:
    with pytest.raises(Rejected) as refusal:
        paragraphs(content)
    assert refusal.value.problems[0].code == code


def test_pieces_that_share_their_bytes_cannot_multiply_them() -> None:
    content = word_file(TEXT, pieces=2)
    count = len(TEXT) + 1
    places = (0).to_bytes(4, "little") + (count // 2).to_bytes(4, "little") + count.to_bytes(4, "little")
    assert places in content
    with pytest.raises(Rejected) as refusal:
        paragraphs(content.replace(places, places[:8] + (1 << 28).to_bytes(4, "little")))
    assert refusal.value.problems[0].code == "document_unreadable"
