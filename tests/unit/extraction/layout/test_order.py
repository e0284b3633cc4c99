"""Reading order: columns to their end, headings across, letterheads, rows of labels."""

from __future__ import annotations

import random
import time

import pytest

from chartstream.events.extraction import RegionKind
from chartstream.extraction.layout.assemble import read_text
from tests.unit.extraction.layout.pages import across, page, typed, typed_lines

LEFT = [
    "The patient came with pain in the",
    "right knee after a fall from a low",
    "ladder. No swelling was seen and he",
    "could walk without help at all today",
    "and he slept well during the nights.",
]
RIGHT = [
    "Radiographs of the knee were normal",
    "in both planes and no effusion came",
    "to light. The ligaments are stable at",
    "the bedside and the pulses are normal",
    "on both sides as they were last year.",
]


def shuffled(fragments: list, seed: int) -> list:  # type: ignore[type-arg]
    return random.Random(seed).sample(fragments, len(fragments))


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("shift", [0, 5])
def test_two_columns_below_a_heading_across(seed: int, shift: float) -> None:
    given = [typed("Consultation of the Department of Orthopaedic Surgery, Harbor Clinic", 60, 40, bold=True)]
    given += typed_lines(LEFT, 60, 80) + typed_lines(RIGHT, 320, 80 + shift)
    given.append(typed("Signed by the surgeon on the same day, and sent to the family doctor as well", 60, 200))
    found = read_text([page(shuffled(given, seed))])
    assert [line for line in found.text.split("\n") if line] == [given[0].text, *LEFT, *RIGHT, given[-1].text]
    assert found.tables == ()


def test_a_paragraph_runs_on_from_column_to_column() -> None:
    left = [*LEFT[:-1], "and he has been treated for hyper-"]
    right = ["tension for many years by his doctor", *RIGHT[1:]]
    found = read_text([page(typed_lines(left, 60, 80) + typed_lines(right, 320, 80))])
    assert "hypertension\nfor many years" in found.text
    assert "\n\n" not in found.text
    begin = found.text.index("hypertension")
    assert [found.text[w.begin : w.end] for w in found.words_at(begin, begin + 12)] == ["hyper", "tension"]
    assert [round(w.box.x0) for w in found.words_at(begin, begin + 12)] == [210, 320]


@pytest.mark.parametrize(
    ("head", "rest", "text"),
    [
        ("follow-", "up in June", "follow-up\nin June"),
        ("58-year-", "old man", "58-year-old\nman"),
        ("cardiac-", "Ultrasound", "cardiac-\nUltrasound"),
        ("A-", "wave", "A-\nwave"),
        ("10-", "day course", "10-\nday course"),
    ],
)
def test_hyphens_that_belong_to_a_word_stay(head: str, rest: str, text: str) -> None:
    assert read_text([page(typed_lines([head, rest], 60, 200))]).text == text


def test_addresses_of_a_letterhead_are_read_one_after_the_other() -> None:
    clinic = ["Harbor Clinic of Orthopaedics", "12 Pier Street", "Portland, ME 04101"]
    doctor = ["Ines Thornbury, MD, FACS", "Orthopaedic Surgery", "Telephone 555-0100"]
    given = typed_lines(clinic, 60, 40) + typed_lines(doctor, 400, 40) + typed_lines(LEFT, 60, 140)
    found = [line for line in read_text([page(given)]).text.split("\n") if line]
    assert found == [*clinic, *doctor, *LEFT]


def test_labels_and_values_are_read_row_by_row_and_are_no_table() -> None:
    left = ["Patient: Orla Whitcombe", "DOB: 03/14/1958", "Date of service: 02/17/2026"]
    right = ["MRN: 448210", "Sex: F", "Provider: Hannah Brandt, MD"]
    found = read_text([page(typed_lines(left, 60, 60) + typed_lines(right, 320, 60) + typed_lines(LEFT, 60, 140))])
    assert found.text.split("\n")[:3] == [f"{a}  {b}" for a, b in zip(left, right, strict=True)]
    assert found.tables == ()


def test_a_line_across_ends_the_letterhead_of_a_page_in_columns() -> None:
    head = typed_lines(["Harbor Clinic", "Portland"], 60, 40) + typed_lines(["Page of letters", "555-0100"], 320, 40)
    body = typed_lines(LEFT, 60, 80) + typed_lines(RIGHT, 320, 80)
    found = read_text([page(head + body, [across(68, 60, 560)])])
    assert [line for line in found.text.split("\n") if line][-10:] == [*LEFT, *RIGHT]


def test_lists_keep_their_marks_and_titles_are_told() -> None:
    given = [typed("ASSESSMENT", 60, 60, bold=True), *typed_lines(["1.", "2."], 60, 80)]
    given += typed_lines(["Hypertension, well controlled.", "Gout of the left great toe."], 84, 80)
    given += typed_lines(["Return in June with the new values, fasting."], 60, 122)
    found = read_text([page(given)])
    assert [(r.kind, found.text[r.begin : r.end]) for r in found.regions] == [
        (RegionKind.TITLE, "ASSESSMENT"),
        (RegionKind.LIST, "1. Hypertension, well controlled.\n2. Gout of the left great toe."),
        (RegionKind.TEXT, "Return in June with the new values, fasting."),
    ]
    assert [line.emphasised for line in found.lines if line.begin < line.end] == [True, False, False, False]


def test_a_full_page_is_laid_out_quickly() -> None:
    lines = [" ".join(["word"] * 11) for _ in range(55)]
    content = page(typed_lines(lines, 60, 60))
    seconds = []
    for _ in range(5):
        begin = time.perf_counter()
        read_text([content])
        seconds.append(time.perf_counter() - begin)
    assert min(seconds) < 0.25  # some 15 ms on an idle core
