"""External causes beside the cases of cases/external_causes.yaml: the data's codes, its wordings, and the evidence."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from chartstream import codesets
from chartstream.coding import CodingEngine, Document, Section
from chartstream.coding.lexicon.defaults import complete
from chartstream.coding.related.external_causes import external_cause_rules
from chartstream.coding.vocabulary.wording import Wording
from chartstream.errors import ConfigurationError
from tests.unit.coding.notes import context, document

CODES = codesets.load()
RULES = external_cause_rules()
HAPPENED: list[dict[str, Any]] = yaml.safe_load(Path(__file__).with_name("happened.yaml").read_text(encoding="utf-8"))
ALL = [*RULES.causes, *(row for rows in RULES.circumstances.values() for row in rows)]


def test_every_row_gives_a_billable_code() -> None:
    assert [row.code for row in ALL if complete(CODES, row.code, "A") is None] == []


def test_every_wording_is_an_expression_with_words_of_its_own() -> None:
    for row in ALL:
        for wording in (row.text, *row.also):
            assert wording.pattern.groups >= 0
            assert all(wording.needed), f"{row.code}: an alternative has no word that must be there"


def test_injuries_that_state_cause_and_intent_are_in_no_family() -> None:
    # I.C.20.a.8: poisoning, adverse effect, underdosing, toxic effect, asphyxiation, maltreatment, complication.
    for code in ("T39.1X1A", "T50.905A", "T45.516A", "T63.441A", "T71.111A", "T74.11XA", "T81.40XA"):
        assert CODES.is_billable(code)
        assert not any(family.fullmatch(code) for family in RULES.injuries.values()), code


@pytest.mark.parametrize(
    ("expression", "text", "possible"),
    [
        (r"\bfell\b[^.]{0,9}?\b(?:step-?)?ladder\b", "he fell off a stepladder", True),
        (r"\bfell\b[^.]{0,9}?\b(?:step-?)?ladder\b", "he fell off a chair", False),
        (r"\b(?:hit|struck)\b (?:his|her) head|bumped", "bumped", True),
        (r"\bskis?\b", "ski", True),
        (r"(?<!water )\bski", "water", False),
        (r"colou?r", "color", True),
        (r"[ab]c", "b", False),
    ],
)
def test_a_wording_is_possible_only_where_its_words_stand(expression: str, text: str, possible: bool) -> None:
    wording = Wording(expression)
    assert wording.possible(text) is possible
    if wording.pattern.search(text):
        assert possible


@pytest.mark.parametrize("case", HAPPENED, ids=lambda case: case["said"])
def test_what_happened_as_people_say_it(engine: CodingEngine, case: dict[str, Any]) -> None:
    injury = "1. Left hand laceration" if case.get("wound") else "1. Left knee contusion"
    note = document({"history_of_present_illness": case["said"], "assessment_and_plan": injury})
    assert [code.code for code in engine.code_note([note], context()).codes][1:] == case["codes"]


def test_the_evidence_is_the_sentence_that_says_it(engine: CodingEngine) -> None:
    told = "He was skiing on Sunday. He hit a tree and twisted the knee."
    note = document({"history_of_present_illness": told, "assessment_and_plan": "1. Left knee sprain"})
    coded = {code.code: code for code in engine.code_note([note], context()).codes}
    quotes = [note.text[e.begin : e.end] for e in coded["V00.322A"].evidence]
    assert quotes == ["He was skiing on Sunday", "He hit a tree and twisted the knee"]
    assert any("I.C.20.a" in step for step in coded["V00.322A"].explanation.steps)


def test_a_note_without_sections_but_one_is_read_from_its_beginning(engine: CodingEngine) -> None:
    told, found = "Bitten on the hand by a dog an hour ago.\n\n", "1. Open bite of right hand"
    assessment = Section("assessment", len(told), len(told + found))
    for above in ((), (Section("header", 0, len(told)),)):
        code = engine.code_note([Document("d1", told + found, (*above, assessment))], context()).codes[1]
        assert code.code == "W54.0XXA"
    note = Document("d1", told + found, (assessment,))
    code = engine.code_note([note], context()).codes[1]
    (quote,) = code.evidence
    assert code.code == "W54.0XXA"
    assert (note.text[quote.begin : quote.end], quote.section) == ("Bitten on the hand by a dog an hour ago", None)


def test_an_external_cause_is_never_first(engine: CodingEngine) -> None:
    note = document({"assessment_and_plan": "1. Fell off a ladder\n2. Left ankle sprain"})
    codes = [code.code for code in engine.code_note([note], context()).codes]
    assert codes == ["S93.402A", "W11.XXXA"]  # I.C.20.a.6


def test_a_year_long_past_is_no_cause(engine: CodingEngine) -> None:
    for year, found in ((2014, []), (2025, ["W11.XXXA"])):
        told = f"She fell off a ladder in {year}."
        note = document({"history_of_present_illness": told, "assessment_and_plan": "1. Left ankle sprain"})
        codes = [code.code for code in engine.code_note([note], context()).codes]
        assert codes == ["S93.402A", *found]


@pytest.mark.parametrize("content", ["injuries: {}", "- 1", "injuries: {harm: '('}\ncauses: {}"])
def test_a_wrong_file_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "external_causes.yaml"
    path.write_text(content)
    with pytest.raises(ConfigurationError, match=r"external_causes\.yaml"):
        external_cause_rules(path)
