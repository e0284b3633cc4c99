"""The HTML file of coded notes, read as HTML; ``tests/browser`` opens it in a browser."""

from __future__ import annotations

import re
from html import unescape

from hypothesis import given
from hypothesis import strategies as st

from chartstream.errors import Problem
from chartstream.viewer.coded import CodedNote, CodedText
from chartstream.viewer.codes_page import render_codes
from tests.coded import coded_note

PAGE = render_codes([coded_note()])


def marked(page: str, key: str) -> str:
    """The characters of the note that carry ``key``."""
    spans = re.findall(r'<span class="mark[^"]*" data-k="([^"]*)"[^>]*>([^<]*)</span>', page)
    return unescape("".join(text for keys, text in spans if key in keys.split()))


def test_the_evidence_of_every_code_is_lit_in_the_note() -> None:
    note = coded_note()
    for number, line in enumerate(note.proposed):
        assert marked(PAGE, f"d{number}") == "".join(
            note.quote(e) for e in sorted(line.evidence, key=lambda e: e.begin)
        )


def test_a_place_of_two_codes_carries_both_keys() -> None:
    assert marked(PAGE, "d0").endswith(marked(PAGE, "d1"))


def test_the_path_the_query_the_edit_and_what_was_turned_down_are_told() -> None:
    text = unescape(PAGE)
    for words in (
        "diabetes with kidney disease",
        "Diabetes and kidney disease stand in one list.",
        "Please document the stage",
        "stage 1, stage 2",
        "principal missing",
        "uncertain: not coded",
        "present on admission: Y",
        "MS-DRG 638",
        "carried by E11.22",
    ):
        assert words in text


def test_a_note_that_was_not_coded_says_why() -> None:
    page = render_codes([CodedNote("a.pdf", "rejected", (Problem("encrypted", "it is locked", "send it open"),))])
    assert "a.pdf was not coded" in page
    assert "send it open" in page


def test_several_notes_can_be_picked() -> None:
    page = render_codes([coded_note("one"), coded_note("two")])
    assert re.findall(r'<option value="(\d)">(\w+)', page) == [("0", "one"), ("1", "two")]


@given(st.text(max_size=80))
def test_a_note_is_text_and_never_markup(text: str) -> None:
    page = render_codes([CodedNote("n", "review", (), (CodedText("d", text),))])
    lines = re.findall(r'<div class="line">(.*?)</div>', page, re.DOTALL)
    assert [unescape(line) for line in lines] == ([text.rstrip()] if text.strip() else [])
    assert not any("<" in line for line in lines)
