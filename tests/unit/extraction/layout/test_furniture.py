"""Running headers and footers stand apart, so that a paragraph across pages is whole."""

from __future__ import annotations

from chartstream.events.extraction import RegionKind
from chartstream.extraction.fragments import Box, Fragment
from chartstream.extraction.layout.assemble import read_text
from tests.unit.extraction.layout.pages import page, typed, typed_lines

TEXT = [
    "He was seen again in the clinic on the",
    "third day and the wound looked clean",
    "without any sign of an infec-",
]
MORE = ["tion, and the stitches were taken out", "in the following week."]


def printed(lines: list[str], number: int, of: int) -> list[Fragment]:
    return [
        typed("Orla Whitcombe MRN 448210", 60, 20),
        *typed_lines(lines, 60, 80),
        typed(f"Harbor Clinic, page {number} of {of}", 60, 770),
    ]


def test_a_paragraph_across_pages_is_joined_and_the_furniture_follows() -> None:
    found = read_text([page(printed(TEXT, 1, 2)), page(printed(MORE, 2, 2), number=2)])
    assert found.text.split("\n") == [
        "Orla Whitcombe MRN 448210",
        "",
        *TEXT[:2],
        "without any sign of an infection,",
        "and the stitches were taken out",
        "in the following week.",
        "",
        "Harbor Clinic, page 1 of 2",
        "",
        "Orla Whitcombe MRN 448210",
        "",
        "Harbor Clinic, page 2 of 2",
    ]
    kinds = [(region.kind, region.page) for region in found.regions]
    assert kinds == [
        (RegionKind.HEADER, 1),
        (RegionKind.TEXT, 1),
        (RegionKind.TEXT, 2),
        (RegionKind.FOOTER, 1),
        (RegionKind.HEADER, 2),
        (RegionKind.FOOTER, 2),
    ]
    word = next(w for w in found.words if found.text[w.begin : w.end] == "tion,")
    assert (word.page, word.box.x0) == (2, 60)
    bodies = [found.text[p.begin : p.end] for p in found.pages]
    assert bodies[1] == "and the stitches were taken out\nin the following week."


def test_what_ocr_misread_on_one_page_is_still_furniture() -> None:
    second = [typed("0rla Whitcornbe MRN 448210", 60, 21), *typed_lines(MORE, 60, 80)]
    found = read_text([page(printed(TEXT, 1, 2)), page(second, number=2)])
    assert [region.kind for region in found.regions].count(RegionKind.HEADER) == 2


def test_a_heading_on_one_page_is_no_furniture() -> None:
    found = read_text([page([typed("Harbor Clinic Orthopaedics", 60, 20), *typed_lines(TEXT, 60, 80)])])
    assert {region.kind for region in found.regions} & {RegionKind.HEADER, RegionKind.FOOTER} == set()


def test_a_page_that_says_nothing_but_its_number_keeps_it() -> None:
    found = read_text([page([typed("Page 1", 60, 20)])])
    assert (found.text, found.regions[0].kind) == ("Page 1", RegionKind.TEXT)


def test_boxes_are_turned_back_to_the_page_as_it_was() -> None:
    content = page([typed("middle", 282, 395), typed("word", 500, 395)], skew=90.0)
    found = read_text([content])
    # Levelling by a quarter turn is absurd, and easy to check: right of the centre was above it.
    assert found.pages[0].skew == 90.0
    first, second = (word.box for word in found.words)
    assert first == Box(295, 382, 305, 418)
    assert (round(second.x0), round(second.y0), round(second.y1)) == (295, 176, 200)
