"""Which stretches of a note are read as problems, and how their files are checked."""

from __future__ import annotations

from pathlib import Path

import pytest

from chartstream.coding.model import Document
from chartstream.coding.passages.headings import headings
from chartstream.coding.passages.section_rules import roles
from chartstream.coding.passages.stated import concerns, introduced, managed, stated
from chartstream.coding.passages.statements import Kind, sentences
from chartstream.coding.passages.unheaded import fragments
from chartstream.errors import ConfigurationError
from tests.unit.coding.notes import document


def heads(text: str, kind: str = "assessment_and_plan") -> list[str]:
    return named(document({kind: text}))


def named(note: Document) -> list[str]:
    """The headings of each section, read as the claim reads them."""
    found = [s for part in note.sections for s in headings(note, part, plan_only=roles().roles[part.kind] == "plan")]
    return [note.text[s.begin : s.end].strip() for s in found]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1. Gout\nAllopurinol.\n2. Asthma", ["Gout", "Asthma"]),
        ("1. Gout, quiet. 2. Asthma, stable.", ["Gout, quiet", "Asthma, stable"]),
        ("# Gout\n- allopurinol\n# Asthma", ["Gout", "Asthma"]),
        ("Problem 1: Gout\nProblem 2: Asthma", ["Gout", "Asthma"]),
        ("Gout\n1. Continue allopurinol\n2. Check urate", ["Gout"]),
        ("Gout.\n• Medical Reasoning: quiet.\n• Medical Treatment: allopurinol.", ["Gout"]),
        ("Diagnosis: Gout. He will come again.", ["Diagnosis: Gout"]),
        ("Renal: CKD stage 3a. Avoid ibuprofen.", ["Renal: CKD stage 3a"]),
        ("Mr. Rook has gout.", []),
        ("Continue allopurinol.\nGout", ["Gout"]),
    ],
)
def test_headings(text: str, expected: list[str]) -> None:
    assert heads(text) == expected


def test_a_line_broken_by_the_width_of_the_page_is_one_line() -> None:
    text = "Chronic iron deficiency anemia attributed to long-standing\nblood loss. Iron by mouth."
    assert heads(text) == [text.split(".", maxsplit=1)[0]]


def test_a_plan_beside_an_assessment_names_problems_only_on_lines_of_their_own() -> None:
    note = document({"assessment": "1. Gout", "plan": "Low purine diet, allopurinol. Recheck urate.\nAsthma"})
    assert named(note) == ["Gout", "Asthma"]


def test_a_list_of_diagnoses_has_one_a_line() -> None:
    assert heads("Gout\nAsthma, which was seen first in May", "discharge_diagnoses") == [
        "Gout",
        "Asthma, which was seen first in May",
    ]


def test_stating_sentences_begin_to_name_behind_their_verb() -> None:
    note = document({"assessment": "The MRI shows a torn meniscus. We will operate. Gout can follow such injuries."})
    (found,) = stated(note, note.sections[0], 0, len(note.text))
    assert note.text[found.begin : found.end].strip() == "The MRI shows a torn meniscus"
    assert found.named_from <= note.text.index("shows")
    assert found.kind is Kind.STATED


def test_what_stands_under_a_label_of_orders_states_nothing() -> None:
    note = document({"assessment": "Knee pain.\n- Medical Treatment: He has gout medication at home."})
    assert list(stated(note, note.sections[0], 0, len(note.text))) == []


def test_an_introduction_names_only_the_reason_for_coming() -> None:
    note = document({"assessment": "A 60-year-old man with gout who presents with cough. A 60-year-old man with gout."})
    first, second = sentences(note, "problems", Kind.SENTENCE)
    shortened = introduced(first)
    assert shortened is not None
    assert note.text[shortened.named_from :].startswith("presents")
    assert introduced(second) is None


def test_problems_that_a_plan_addresses() -> None:
    note = document({"plan": "For his hypertension, lisinopril. Continue levothyroxine for hypothyroidism."})
    section = note.sections[0]
    assert [note.text[s.begin : s.end] for s in concerns(note, section)] == ["hypertension"]
    assert [note.text[s.begin : s.end] for s in managed(note, section)] == ["hypothyroidism"]


def test_a_note_without_an_assessment_names_its_problems_at_the_close() -> None:
    text = (
        "Stiff shoulders every morning for six weeks, better on prednisone. ESR 78.\n\nPolymyalgia rheumatica. Taper."
    )
    note = document({"other": text})
    assert "Polymyalgia rheumatica" in [note.text[s.begin : s.end].strip() for s in fragments(note)]
    assert list(fragments(document({"assessment": text}))) == []


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("  assessment: problems", "  assessment: somewhere", "somewhere"),
        ("remarks:", "remark:", "remarks"),
        ("closing:", "closed:", "closing"),
    ],
)
def test_wrong_section_rules_are_refused(tmp_path: Path, old: str, new: str, message: str) -> None:
    original = (Path(roles.__wrapped__.__defaults__[0])).read_text(encoding="utf-8")
    assert old in original
    path = tmp_path / "sections.yaml"
    path.write_text(original.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ConfigurationError, match=message):
        roles(path)
