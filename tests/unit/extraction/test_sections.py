"""Sections by headings of every usual form."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import pytest

from chartstream.extraction.readtext import ReadText, TextBuilder
from chartstream.extraction.sections import find_sections

Plain = Callable[[str], ReadText]


def kinds(read: ReadText) -> list[str]:
    return [section.kind for section in find_sections(read)]


@pytest.mark.parametrize(
    ("heading", "kind"),
    [
        ("ASSESSMENT AND PLAN", "assessment_and_plan"),
        ("Assessment & Plan:", "assessment_and_plan"),
        ("A/P:", "assessment_and_plan"),
        ("ASSESSMENTANDPLAN", "assessment_and_plan"),
        ("**Impression**", "impression"),
        ("3. Past Medical History:", "past_history"),
        ("IV. FAMILY HISTORY", "family_history"),
        ("== Hospital Course ==", "hospital_course"),
        ("Physical exam", "examination"),
        ("NEUROLOGIC EXAMINATION", "examination"),
        ("Discharge Diagnoses", "discharge_diagnoses"),
        ("S:", "history_of_present_illness"),
        ("CODE STATUS:", "disposition"),
    ],
)
def test_a_heading_on_its_own_line(heading: str, kind: str, plain: Plain) -> None:
    text = f"Letterhead\n{heading}\nWhat stands below."
    header, section = find_sections(plain(text))
    assert header.kind == "header"
    assert section.kind == kind
    assert text[section.begin : section.end] == "What stands below."
    assert section.title_begin is not None
    assert text[section.title_begin : section.title_end].strip("*=: ") in heading


@pytest.mark.parametrize("heading", ["HPI", "Chief complaint", "Allergies", "PLAN", "O", "Discharge medications"])
def test_a_heading_run_into_its_text(heading: str, plain: Plain) -> None:
    text = f"{heading}: None known today."
    (section,) = find_sections(plain(text))
    assert section.kind not in ("header", "other")
    assert (text[section.title_begin : section.title_end], text[section.begin : section.end]) == (
        heading,
        "None known today.",
    )


@pytest.mark.parametrize(
    "line",
    [
        "a history of present illness was obtained",
        "The plan was discussed with the family.",
        "Plan to repeat the examination in June",
        "Medications were reviewed and continued",
        "Type 2 diabetes: continue metformin",
        "A normal finding",
    ],
)
def test_sentences_are_no_headings(line: str, plain: Plain) -> None:
    assert kinds(plain(line)) == ["header"]


def test_labels_below_a_problem_belong_to_it(plain: Plain) -> None:
    text = "ASSESSMENT AND PLAN\n1. Hypertension\nPlan: continue.\nLabs: none.\nLIPIDS\nStatin.\nFollow-up: June."
    assert kinds(plain(text)) == ["assessment_and_plan", "disposition"]


def test_unknown_capitals_end_a_section_elsewhere(plain: Plain) -> None:
    text = "MEDICATIONS\nNone.\nTRAVEL AND EXPOSURES\nNone.\nPLAN\nRest."
    assert kinds(plain(text)) == ["medications", "other", "plan"]


def test_the_signature_block_ends_the_plan(plain: Plain) -> None:
    text = "PLAN\nRest.\nElectronically signed by A. Brandt, MD"
    plan, signature = find_sections(plain(text))
    assert text[plan.begin : plan.end] == "Rest."
    assert (signature.kind, signature.title_begin) == ("signature", None)


def test_emphasis_makes_a_heading_and_a_bad_line_lowers_confidence() -> None:
    builder = TextBuilder()
    builder.add_line("Travel history", emphasised=True)
    builder.add_line("None.")
    builder.add_line("PLAN", confidence=0.5)
    builder.add_line("Rest.")
    header, plan = find_sections(builder.build())
    assert header.kind == "header"
    assert plan.confidence == pytest.approx(0.495)


def test_sections_never_overlap(plain: Plain) -> None:
    text = "Clinic\nCC: cough\nHPI: two days\nROS: negative\nA: bronchitis\nP: rest\nSigned by A. Brandt, MD"
    sections = find_sections(plain(text))
    assert [s.kind for s in sections] == [
        "header",
        "chief_complaint",
        "history_of_present_illness",
        "review_of_systems",
        "assessment",
        "plan",
        "signature",
    ]
    assert all(before.end <= after.begin for before, after in pairwise(sections))
