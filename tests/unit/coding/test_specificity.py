"""Specificity: axes and families of the tabular list, where values are documented, each with its own evidence."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from chartstream.coding import CodingEngine
from chartstream.coding.model import Coded
from chartstream.coding.specificity.axes import Axes, Stated, Value, axes
from chartstream.coding.specificity.families import Families
from chartstream.errors import ConfigurationError
from tests.unit.coding.notes import context, document

AXES: Axes = axes()


@pytest.fixture(scope="module")
def families(engine: CodingEngine) -> Families:
    return Families(engine.codes, AXES)


def _stated(text: str, code: str) -> list[Stated]:
    return [stated for stated in AXES.stated(text, 0, len(text)) if stated.concerns(code)]


def _code(engine: CodingEngine, before: dict[str, str], note: str) -> tuple[Coded, str]:
    text = document({**before, "assessment_and_plan": note})
    return engine.code_note([text], context()), text.text


@pytest.mark.parametrize(
    ("code", "words", "selected"),
    [
        ("J45.909", "moderate persistent with exacerbation", "J45.41"),
        ("J45.909", "severe", None),
        ("I50.9", "acute on chronic systolic", "I50.23"),
        ("I50.9", "acute", None),
        ("I50.30", "decompensated", "I50.31"),
        ("N18.9", "stage IIIb", "N18.32"),
        ("F32.9", "recurrent moderate", "F33.1"),
        ("G43.909", "intractable", "G43.919"),
        ("K25.9", "acute perforated bleeding", "K25.2"),
        ("K80.20", "acute", None),
        ("L89.159", "stage 2", "L89.152"),
        ("F03.90", "mild agitation", "F03.A11"),
        ("K85.90", "chronic", "K86.1"),
        ("S06.0XA", "brief loss of consciousness", "S06.0X9"),
        ("M50.30", "c5-6", "M50.322"),
        ("N12", "acute", "N10"),
        ("I48.91", "persistent", "I48.19"),
    ],
)
def test_documented_values_select_a_sibling(families: Families, code: str, words: str, selected: str | None) -> None:
    refined = families.refine(code, _stated(words, code))
    assert (refined.code if refined else None) == selected


def test_a_denied_value_selects_what_the_list_denies(families: Families) -> None:
    refined = families.refine("G43.909", [], denied=_stated("aura", "G43.909"))
    assert refined is not None
    assert refined.code == "G43.009"


def test_what_a_mention_states_itself_is_not_replaced(families: Families) -> None:
    chronic = _stated("chronic", "J20.9")
    assert families.refine("J20.9", chronic) is not None
    assert families.refine("J20.9", chronic, own=frozenset({("acuity", "acute")})) is None


def test_words_of_the_tabular_list_are_in_it(engine: CodingEngine) -> None:
    """A phrase that no description has could never select a code."""
    named: set[Value] = set()
    for code in engine.codes:
        # Codes made by a seventh character repeat their stems; external causes have no axes.
        entry = engine.codes.get(code) if len(code) < 8 and code[0] not in "VWXYZ" else None
        if entry is not None and not named >= AXES.values:
            named |= AXES.listed(re.sub(r"\([^)]*\)", "", entry.description.lower()))[0]
    named |= {value for text in AXES.plain.values() for value in AXES.listed(text)[0]}
    assert AXES.values - named == set()


def test_plain_names_belong_to_codes_of_the_release(engine: CodingEngine) -> None:
    for code in AXES.plain:
        assert code in engine.codes
    for category in AXES.merged:
        assert category in engine.codes


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("groups: []\nmerged: []\nplain: {}\nempty: ''\n", "source"),
        ("source: s\ngroups: [{axis: a, reach: far, values: {x: {}}}]\nmerged: []\nplain: {}\nempty: ''\n", "axis a"),
    ],
)
def test_a_file_of_axes_at_fault_is_refused(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "axes.yaml"
    path.write_text(text)
    with pytest.raises(ConfigurationError, match=message):
        axes.__wrapped__(path)


@pytest.mark.parametrize(
    ("before", "note", "code", "expected"),
    [
        ({}, "1. Asthma\nModerate persistent, well controlled.", "J45.40", ("severity", "Moderate")),
        ({}, "1. Chronic kidney disease\nStage 4, stable.", "N18.4", ("stage", "Stage 4")),
        (
            {"history_of_present_illness": "She has paroxysmal atrial fibrillation."},
            "1. Atrial fibrillation",
            "I48.0",
            ("fuller", "paroxysmal atrial fibrillation"),
        ),
        ({"examination": "The right knee is tender."}, "1. Knee pain", "M25.561", ("laterality", "right")),
        ({"past_history": "Type 1 diabetes mellitus."}, "1. Diabetes", "E10.9", ("fuller", "Type 1 diabetes")),
        ({}, "1. Gestational hypertension at 30 weeks of gestation", "O13.3", ("trimester", "30 weeks")),
        ({}, "1. Left distal radius fracture with malunion", "S52.502P", ("episode", "malunion")),
    ],
)
def test_each_axis_has_its_own_evidence(
    engine: CodingEngine, before: dict[str, str], note: str, code: str, expected: tuple[str, str]
) -> None:
    role, quote = expected
    coded, text = _code(engine, before, note)
    proposed = next(found for found in coded.codes if found.code == code)
    quotes = [text[place.begin : place.end] for place in proposed.evidence if place.role == role]
    assert quotes
    assert quotes[0].startswith(quote)


def test_a_code_for_each_open_axis_asks_its_question(engine: CodingEngine) -> None:
    coded, _ = _code(engine, {}, "1. Asthma\n2. Knee pain\n3. Heart failure")
    assert [query.code for query in coded.queries] == ["J45.909", "M25.569", "I50.9"]
    assert "severity" in coded.queries[0].question
    assert "laterality" in coded.queries[1].question
    assert coded.queries[1].options == ("right", "left")
    assert all(query.evidence and query.options for query in coded.queries)


def test_contradicting_sides_are_both_shown(engine: CodingEngine) -> None:
    coded, text = _code(engine, {"chief_complaint": "Left knee pain."}, "1. Right knee pain")
    (query,) = coded.queries
    sides = [text[place.begin : place.end] for place in query.evidence if place.role == "laterality"]
    assert sorted(sides) == ["Left", "Right"]


def test_another_document_of_the_encounter_names_the_stage(engine: CodingEngine) -> None:
    visit = document({"assessment_and_plan": "1. Chronic kidney disease"}, "visit")
    letter = document({"past_history": "Chronic kidney disease stage 4."}, "letter")
    (found,) = engine.code_note([visit, letter], context()).codes
    assert found.code == "N18.4"
    assert {place.document_id for place in found.evidence} == {"visit", "letter"}
