"""Sections by headings of every usual form."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.reading.sections import measure
from chartstream.extraction.headings import headings
from chartstream.extraction.plain import read_plain
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
    builder.add_line("Friends of the clinic", emphasised=True)
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


@pytest.mark.parametrize(
    ("heading", "kind"),
    [
        ("[ASSESSMENT]", "assessment"),
        ("--- PLAN ---", "plan"),
        ("## Discharge diagnoses", "discharge_diagnoses"),
        ("PLAN:::", "plan"),
        ("ASSESSRNENT", "assessment"),
        ("P1AN", "plan"),
        ("MEDlCATI0NS", "medications"),
        ("PAST MEDICAL HISTQRY", "past_history"),
        ("LABORATORY DATA (03/02/2026)", "results"),
        ("MEDICATIONS/ALLERGIES", "medications"),
    ],
)
def test_marked_and_misread_headings(heading: str, kind: str, plain: Plain) -> None:
    text = f"Name: Ada\n\nREASON FOR VISIT\nCough.\n\n{heading}\nWhat stands below."
    section = find_sections(plain(text))[-1]
    assert (section.kind, text[section.begin : section.end]) == (kind, "What stands below.")


def test_a_misread_heading_is_less_sure(plain: Plain) -> None:
    right, misread = (find_sections(plain(f"Ada\n{word}\nRest."))[-1] for word in ("ASSESSMENT", "ASSESSRNENT"))
    assert misread.confidence < 0.85 < right.confidence


def test_the_line_below_a_heading_is_none_of_its_text(plain: Plain) -> None:
    text = "Assessment\n==========\n- Gout"
    (section,) = find_sections(plain(text))
    assert text[section.begin : section.end] == "- Gout"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ASSESSMENT AND PLAN\n1. Asthma\nPlan: inhaler.\n2. Tobacco use\nStop.", ["assessment_and_plan"]),
        ("RESULTS\nCT: nodule.\nImpression: stable.\nASSESSMENT\nNodule.", ["results", "assessment"]),
        ("PHYSICAL EXAM\nVitals: BP 120/70\nSkin exam: clear\nHEENT: normal", ["examination"]),
        ("PAST HISTORY\nCOPD\nALLERGIES\nHives", ["past_history", "allergies"]),
        (
            "MEDICATIONS\n1. Prednisone\n2. Drops\nPLAN\nLABS: lipids.\nEXAM\nWell.",
            ["medications", "plan", "examination"],
        ),
        (
            "CC: cough  HPI: two days\nPMH: none    PSH: none",
            ["chief_complaint", "history_of_present_illness", *2 * ["past_history"]],
        ),
        ("HPI: cough. ALLERGIES: none. PLAN: rest.", ["history_of_present_illness", "allergies", "plan"]),
        ("Seen with his son.\nA/P 1. Gout, flare.\n2. CKD 3a", ["header", "assessment_and_plan"]),
        ("Limps since Sunday, no fever, eats well. Dx. Transient synovitis", ["header", "diagnoses"]),
        ("c/c groin lump.\nA: inguinal hernia. P: repair.", ["header", "assessment"]),
        ("Seen for the lump, which grows. Dx in 2019 elsewhere, old notes asked for.", ["header"]),
    ],
)
def test_headings_told_from_labels(text: str, expected: list[str], plain: Plain) -> None:
    assert kinds(plain(text)) == expected


def test_a_note_without_headings_is_told_by_its_words(plain: Plain) -> None:
    text = (
        "A 40-year-old man reports knee pain for a week.\n\nBP 120/70. Knee tender, no effusion present.\n\n"
        "Likely patellar tendinitis.\n\nContinue ibuprofen. Return in two weeks."
    )
    sections = find_sections(plain(text))
    assert [s.kind for s in sections] == ["history_of_present_illness", "examination", "assessment", "plan"]
    assert all(s.title_begin is None and s.confidence <= 0.7 for s in sections)
    assert kinds(plain("The office is closed on Friday.\n\nPlease call the other number.")) == ["header"]


def test_every_kind_has_a_family_that_is_explained(plain: Plain) -> None:
    data = headings().data
    assert {entry.family for entry in data.kinds.values()} == set(data.families)
    (section,) = find_sections(plain("PLAN: rest"))
    assert section.family == "plan"


_WORDS = st.sampled_from(
    ["PLAN", "Plan:", "1. ", "Labs: K 3", "- ", "HPI:", "S:", "O)", "Signed by A B", "x", "   ", "===", "**A**"]
)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.lists(_WORDS, max_size=4).map(" ".join), max_size=12).map("\n".join))
def test_sections_stay_in_order_inside_the_text(text: str) -> None:
    read = read_plain(text.encode())
    sections = find_sections(read)
    places = [p for s in sections for p in (s.title_begin, s.title_end, s.begin, s.end) if p is not None]
    assert places == sorted(places)
    assert all(0 <= place <= len(read.text) for place in places)


def test_the_benchmark_stays_above_what_is_asked() -> None:
    figures = measure()
    assert figures["all"]["notes"] == 60
    assert figures["all"]["f1"] >= 0.97
