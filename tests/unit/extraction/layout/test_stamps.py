"""Upright stamps are told from what they stand beside; their dates are doubtful."""

from __future__ import annotations

from chartstream.events.extraction import RegionKind
from chartstream.extraction.fragments import Box, Fragment
from chartstream.extraction.layout.assemble import read_text
from tests.unit.extraction.layout.pages import page, typed, typed_lines

LINES = ["Harbor Clinic of Orthopaedics", "Date of service: 02/17/2026", "The patient came with pain in the knee."]


def test_a_stamp_beside_a_letterhead_follows_the_body_and_is_doubtful() -> None:
    stamp = [
        Fragment.of_line("RECEIVED", Box(420, 95, 520, 110), 0.95),
        Fragment.of_line("FEB 20 2026", Box(430, 111, 512, 123), 0.97),
    ]
    found = read_text([page([*typed_lines(LINES, 60, 100), *stamp])])
    assert found.text.split("\n") == [*LINES, "", "RECEIVED", "FEB 20 2026"]
    assert found.regions[-1].kind is RegionKind.STAMP
    assert found.confidence_at(found.text.index("FEB"), len(found.text)) <= 0.5
    assert found.confidence_at(0, found.text.index("RECEIVED")) == 1.0


def test_the_heading_of_a_column_is_no_stamp() -> None:
    given = [typed(text, x, 100) for text, x in (("TEST", 60), ("RECEIVED", 200), ("RESULT", 320))]
    given += [typed(text, x, 114) for text, x in (("LDL", 60), ("02/03/2026", 200), ("71", 320))]
    given += [typed(text, x, 128) for text, x in (("HDL", 60), ("02/04/2026", 200), ("52", 320))]
    found = read_text([page(given)])
    assert [region.kind for region in found.regions] == [RegionKind.TABLE]
