"""The corpus profile: what is mentioned is coded wherever it stands and however it is meant."""

from __future__ import annotations

from pathlib import Path

import pytest

from chartstream.coding import CodingEngine, Context, Document, Section, Setting
from chartstream.coding.corpus.corpus import CORPUS, corpus_rules, every_sentence
from chartstream.coding.lexicon.terms import own_terms
from chartstream.coding.model import Coded, Profile
from chartstream.coding.vocabulary.tokens import Vocabulary
from chartstream.errors import ConfigurationError
from tests.unit.coding.notes import DAY

_CONTEXT = Context(Setting.FACILITY_INPATIENT, DAY, profile=Profile.CORPUS)


def _coded(engine: CodingEngine, *texts: str) -> Coded:
    return engine.code_note([Document(f"d{at}", text) for at, text in enumerate(texts)], _CONTEXT)


def _codes(engine: CodingEngine, text: str) -> list[str]:
    return [code.code for code in _coded(engine, text).codes]


@pytest.mark.parametrize(
    "text",
    [
        "She has hematuria.",
        "No hematuria.",
        "A history of hematuria.",
        "Possible hematuria was considered.",
        "His father had hematuria.",
    ],
)
def test_a_mention_is_coded_however_it_is_meant(engine: CodingEngine, text: str) -> None:
    assert _codes(engine, text) == ["R31.9"]


def test_codes_stand_in_the_order_of_the_text_with_every_quote(engine: CodingEngine) -> None:
    text = "Vomiting began on Monday. There was fever on Tuesday; fever again on Friday."
    coded = _coded(engine, text)
    assert [code.code for code in coded.codes] == ["R11.10", "R50.9"]
    assert [text[e.begin : e.end] for e in coded.codes[1].evidence] == ["fever", "fever"]
    assert coded.codes[1].explanation.steps


def test_a_symptom_is_coded_beside_the_disease_that_explains_it(engine: CodingEngine) -> None:
    assert _codes(engine, "Pneumonia with cough and fever.") == ["J18.9", "R05.9", "R50.9"]


def test_no_code_is_made_of_two_mentions(engine: CodingEngine) -> None:
    assert _codes(engine, "Hypertension was known. Heart failure followed.") == ["I10", "I50.9"]


def test_a_pain_of_some_place_is_that_pain_and_pain(engine: CodingEngine) -> None:
    assert _codes(engine, "Epigastric pain.") == ["R10.13", "R52"]


def test_what_is_not_proposed_is_a_candidate_with_its_reason(engine: CodingEngine) -> None:
    coded = _coded(engine, "Screening was offered after the chronic cough.")
    rejected = {code.code: code for code in coded.rejected}
    assert [code.code for code in coded.codes] == ["R05.3"]
    assert rejected["R05.9"].reason == "part of a fuller mention"
    assert all(0 < code.confidence < 0.5 for code in rejected.values())


def test_sections_are_read_alike_and_named(engine: CodingEngine) -> None:
    text = "Review:\nNo dysuria.\nRest of it: pallor."
    document = Document("d", text, (Section("review_of_systems", 0, 20),))
    statements = list(every_sentence(document))
    assert [statement.section.kind for statement in statements] == ["review_of_systems", "review_of_systems", "body"]
    coded = engine.code_note([document], _CONTEXT)
    assert [(code.code, code.evidence[0].section) for code in coded.codes] == [
        ("R30.0", "review_of_systems"),
        ("R23.1", "body"),
    ]


def test_every_document_is_read(engine: CodingEngine) -> None:
    coded = _coded(engine, "Jaundice.", "Ascites.")
    assert [(code.code, code.evidence[0].document_id) for code in coded.codes] == [("R17", "d0"), ("R18.8", "d1")]


def test_nobody_is_asked_and_nothing_is_said_of_admission(engine: CodingEngine) -> None:
    coded = _coded(engine, "Knee pain.")
    assert coded.queries == ()
    assert {code.presence for code in coded.codes} == {None}


def test_terms_of_the_profile_name_billable_codes_and_differ(engine: CodingEngine) -> None:
    vocabulary = Vocabulary.read()
    named: dict[frozenset[str], str] = {}
    for code, _, term in own_terms(CORPUS):
        assert engine.codes.is_billable(code), term
        assert named.setdefault(vocabulary.forms(term), code) == code, term


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("gap: 1", "candidate_gap"),
        (
            (
                "gap: 1\ncandidate_gap: 2\nbarriers: x\nnever: [{codes: Z, reason: never, confidence: 1.5}]\n"
                "terms: []\nnested: {codes: R52}\ndoubts: {}"
            ),
            "between 0 and 1",
        ),
        (
            (
                "gap: 1\ncandidate_gap: 2\nbarriers: x\nnever: []\n"
                "terms: [{words: '...', reason: never, confidence: 0.1}]\nspelt: {words: x, reason: y, confidence: 0.1}"
            ),
            "leaves no words",
        ),
        ("gap: 1\ncandidate_gap: 2\nbarriers: '['", "corpus/rules.yaml"),
    ],
)
def test_wrong_rules_are_refused(tmp_path: Path, content: str, message: str) -> None:
    path = tmp_path / "rules.yaml"
    path.write_text(content)
    with pytest.raises(ConfigurationError, match=message):
        corpus_rules(Vocabulary([]), path)
