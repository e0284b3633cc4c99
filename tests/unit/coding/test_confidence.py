"""Confidences: the model's arithmetic, what its features count, and that the packaged file is whole."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
import yaml

from chartstream import codesets
from chartstream.coding.assertion.assertion import Status
from chartstream.coding.confidence import (
    FEATURES,
    Surroundings,
    Weights,
    calibration,
    code_class,
    confidence,
    features,
    rejected_confidence,
)
from chartstream.coding.corpus.corpus import REJECTED
from chartstream.coding.finding import Finding
from chartstream.coding.model import Evidence, Query
from chartstream.coding.passages.statements import Kind, Statement
from chartstream.errors import ConfigurationError
from tests.unit.coding.notes import context, document

CODES = codesets.load()
MODEL = {"base": 0.0, "floor": 0.1, "ceiling": 0.9, "weights": {}}


def finding(code: str = "M17.11", **changed: object) -> Finding:
    """A code named in an assessment by a term of two words."""
    place = Evidence("d1", 0, 10, "term", "assessment")
    given = {
        "term": "knee osteoarthritis",
        "kind": Kind.HEADING,
        "source": "own",
        "status": Status.AFFIRMED,
        "evidence": [place],
        "features": {"words": 2.0, "gap": 0.0, "edits": 0.0},
    }
    return Finding(code, **{**given, **changed})  # type: ignore[arg-type]


def around(*rejected: Finding, proposed: int = 3, setting: str = "professional") -> Surroundings:
    """The surroundings of a finding among ``proposed`` ones."""
    return Surroundings.of(context(setting), [finding() for _ in range(proposed)], rejected, CODES)


def test_log_odds_add_up_and_stay_within_the_bounds() -> None:
    model = Weights(1.0, {"sentence": -0.5, "query": 2.0}, floor=0.2, ceiling=0.9)
    assert model.probability({}) == pytest.approx(0.7311, abs=1e-4)
    assert model.probability({"sentence": 2.0}) == 0.5
    assert model.probability({"query": 5.0}) == 0.9
    assert model.probability({"sentence": 50.0}) == 0.2
    assert model.probability({"unheard_of": 50.0}) == model.probability({})


def test_a_plain_disease_has_hardly_a_feature() -> None:
    assert features(finding("M17"), around()) == {}
    assert features(finding("M17.11"), around()) == {"characters": 0.5}


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"code": "R07"}, {"class_symptom": 1.0}),
        ({"kind": Kind.SENTENCE}, {"sentence": 1.0}),
        ({"source": "tabular"}, {"tabular": 1.0}),
        ({"source": "combination", "features": {}}, {"rule": 1.0}),
        (
            {"features": {"words": 1.0, "gap": 2.0, "edits": 1.0}},
            {"one_word": 1.0, "foreign_words": 2.0, "misspelt": 1.0},
        ),
        ({"features": {"words": 5.0, "gap": 9.0}}, {"many_words": 1.0, "foreign_words": 3.0}),
        ({"status": Status.UNCERTAIN}, {"uncertain": 1.0}),
        ({"status": Status.HISTORICAL}, {"historical": 1.0}),
        ({"queries": [Query("M17", "which side?", (), ())]}, {"query": 1.0}),
        ({"evidence": [Evidence("d1", 0, 1, "term", "plan")]}, {"plan": 1.0}),
        (
            {"evidence": [Evidence("d1", 0, 1, "term", "assessment"), Evidence("d1", 3, 4, "side", "assessment")]},
            {"refined": 1.0},
        ),
        (
            {"evidence": [Evidence("d1", at, at + 1, "term", "assessment") for at in range(9)]},
            {"mentioned_again": 3.0},
        ),
    ],
)
def test_what_features_count(changed: dict[str, object], expected: dict[str, float]) -> None:
    given = dict(changed)
    code = str(given.pop("code", "M17"))
    assert features(finding(code, **given), around()) == expected


def test_what_the_note_doubts_or_where_it_comes_from_counts_too() -> None:
    denied = finding("M17.9", status=Status.NEGATED, reason="negated in the note")
    assert features(finding("M17"), around(denied)) == {"doubted": 1.0}
    assert features(finding("M17"), around(finding("M17.9"))) == {}
    assert features(finding("M17"), around(setting="facility_inpatient")) == {"inpatient": 1.0}
    assert (
        features(finding("M17"), around(proposed=6))["codes"]
        > 0
        > features(finding("M17"), around(proposed=1))["codes"]
    )


def test_a_code_that_says_unspecified_is_told_apart() -> None:
    vague = finding("M19.90")
    scene = Surroundings.of(context(), [vague, finding(), finding()], [], CODES)
    assert features(vague, scene)["unspecified"] == 1.0
    assert "unspecified" not in features(finding(), scene)


def test_words_of_a_heading_that_went_into_no_code_are_counted() -> None:
    note = document({"assessment": "Knee osteoarthritis with a large popliteal cyst"})
    place = Statement(note, note.sections[0], 0, note.sections[0].end, note.sections[0].end, Kind.HEADING)
    named = finding("M17", evidence=[Evidence("d1", 0, 19, "term", "assessment")], statement=place)
    cyst = finding("M71", evidence=[Evidence("d1", 33, 47, "term", "assessment")])
    alone = Surroundings.of(context(), [named], [], CODES)
    together = Surroundings.of(context(), [named], [cyst], CODES)
    assert alone.unread(place) == 3  # large, popliteal, cyst; "with" tells nothing
    assert together.unread(place) == 1
    assert features(named, alone)["unread"] == pytest.approx(math.log(4))


def test_a_confidence_can_be_worked_out_from_the_finding() -> None:
    proposed = finding(kind=Kind.SENTENCE)
    known = confidence(proposed, around())
    assert known == calibration().claim.probability(proposed.features)
    assert proposed.features["sentence"] == 1.0


def test_a_rejection_that_knows_its_rate_keeps_it() -> None:
    assert rejected_confidence(finding(features={REJECTED: 0.07}, reason="inside another"), around()) == 0.07


def test_the_packaged_models_are_bounded_and_every_group_of_reasons_can_be_met() -> None:
    known = calibration()
    for model in (known.claim, known.corpus, known.rejected):
        assert 0 < model.floor < model.ceiling < 1
    assert known.rejected.ceiling < known.claim.ceiling
    denied = finding(reason="negated in the note", status=Status.NEGATED)
    assert rejected_confidence(denied, around()) < confidence(finding(), around())


@pytest.mark.parametrize(
    ("part", "value", "message"),
    [
        ("claim", {**MODEL, "weights": {"hunch": 1.0}}, "hunch"),
        ("claim", {**MODEL, "ceiling": 1.0}, "between 0 and 1"),
        ("corpus", {**MODEL, "floor": 0.95}, "in this order"),
        ("rejected", {"base": 0.0}, "weights"),
        ("groups", [{"name": "x", "reason": "("}], "unterminated"),
    ],
)
def test_a_file_at_fault_is_refused(tmp_path: Path, part: str, value: object, message: str) -> None:
    whole = {"groups": [], "claim": MODEL, "corpus": MODEL, "rejected": MODEL}
    path = tmp_path / "confidence.yaml"
    path.write_text(yaml.safe_dump({**whole, part: value}))
    with pytest.raises(ConfigurationError, match=message):
        calibration(path)


def test_every_weight_is_of_a_known_feature() -> None:
    assert set(calibration().claim.weights) <= FEATURES


@pytest.mark.parametrize(
    ("code", "expected"),
    [("I10", "disease"), ("R51.9", "symptom"), ("S93.402A", "injury"), ("Z79.4", "status"), ("W11.XXXA", "external")],
)
def test_class_of_a_code(code: str, expected: str) -> None:
    assert code_class(code) == expected
