"""Copies are counted, look-alikes noted, forms with other words are neither."""

from __future__ import annotations

from chartstream.intake.likeness import Likeness
from tests.unit.intake.sheets import sheet

OTHER = "Follow up in two weeks. Blood pressure 132/78, pulse 72. Continue lisinopril and metformin as before."


def test_the_same_pixels_are_a_copy() -> None:
    pages = Likeness()
    for page in (sheet(), sheet(text=OTHER), sheet()):
        pages.add_image(page)
    assert (pages.duplicates, pages.similar()) == (1, 0)


def test_a_sheet_scanned_twice_looks_alike() -> None:
    pages = Likeness()
    for page in (sheet(grain=6), sheet(grain=9, angle=0.2, blur=0.6)):
        pages.add_image(page)
    assert (pages.duplicates, pages.similar()) == (0, 1)


def test_text_is_a_copy_only_with_the_same_words_and_pictures() -> None:
    pages, text = Likeness(), "Assessment: acute bronchitis. Plan: rest, fluids, return if short of breath."
    pages.add_text(text, ())
    pages.add_text(text.replace("rest", "bed"), ())
    pages.add_text(text, ((100, 100),))
    assert pages.duplicates == 0
    pages.add_text(text, ())
    assert pages.duplicates == 1


def test_short_pages_are_no_copies() -> None:
    pages = Likeness()
    for _ in range(3):
        pages.add_text("Page left blank", ())
    assert pages.duplicates == 0
