"""RTF: what Word shows is read, in order, and nothing that it hides."""

from __future__ import annotations

import pytest

from chartstream.errors import Rejected
from chartstream.formats.rtf import MAX_DEPTH, is_rtf, paragraphs
from tests.unit.formats.notes import RTF


def texts(body: bytes) -> list[str]:
    return [paragraph.text for paragraph in paragraphs(rb"{\rtf1\ansi " + body + b"}")]


def test_paragraphs_come_in_order_with_headers_first_and_footers_last() -> None:
    assert [paragraph.text for paragraph in paragraphs(RTF)] == [
        "MRN: 4711",
        "ASSESSMENT",
        "Acute bronchitis, fever 38.4\u00b0C\u2019s work.\nCough since Monday.",
        "- Fluids",
        "Potassium  3.1 mmol/L",
        "Plan of care",
        "Page 1",
    ]


def test_only_a_paragraph_that_is_bold_throughout_is_marked() -> None:
    assert [paragraph.text for paragraph in paragraphs(RTF) if paragraph.bold] == ["ASSESSMENT"]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (rb"{\b A}B", ["AB"]),
        (rb"A\'e9B", ["A\u00e9B"]),
        (rb"{\fonttbl{\f1\fcharset204 T;}}{\f1\'cf\'f0}", ["\u041f\u0440"]),
        (rb"\u-10179?\u-8704?", ["\U0001f600"]),
        (rb"\uc0\u233 x", ["\u00e9x"]),
        (rb"A\deleted B\deleted0 C", ["AC"]),
        (rb"{\pict\bin6 {{{\\\\ }A", ["A"]),
        (rb"{\*\unknown A}B", ["B"]),
        (rb"{\object{\*\objdata 0102}{\result A}}B", ["B"]),
        (rb"A\line B\par C", ["A\nB", "C"]),
        (rb"\trowd A\cell\cell B\cell\row", ["A  B"]),
        (rb"\trowd A\par B\cell C\cell\row", ["A", "B  C"]),
        (rb"a\{b\}c\\d", ["a{b}c\\d"]),
        ("Fi\u00e9vre".encode("latin-1"), ["Fi\u00e9vre"]),
        (rb"{\annotation A}B", ["B"]),
    ],
)
def test_control_words(body: bytes, expected: list[str]) -> None:
    assert texts(body) == expected


def test_what_follows_the_outermost_group_does_not_count() -> None:
    assert [p.text for p in paragraphs(rb"{\rtf1 A}{\rtf1 B}")] == ["A"]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (RTF[:-1], "document_truncated"),
        (RTF[:100], "document_truncated"),
        (rb"{\rtf1 A\bin99 B}", "document_truncated"),
        (rb"{\rtf1 " + b"{" * MAX_DEPTH + b"A" + b"}" * (MAX_DEPTH + 1), "document_unreadable"),
    ],
)
def test_what_is_broken_is_refused(content: bytes, code: str) -> None:
    with pytest.raises(Rejected) as refusal:
        paragraphs(content)
    assert refusal.value.problems[0].code == code


@pytest.mark.parametrize(("content", "expected"), [(RTF, True), (b" {\\RTF1", True), (b"{rtf", False), (b"", False)])
def test_rtf_is_known_by_its_beginning(content: bytes, expected: bool) -> None:
    assert is_rtf(content) is expected
