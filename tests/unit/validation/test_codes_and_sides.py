"""What the findings on code set, evidence, laterality and seventh characters say, and of which codes."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from chartstream.codesets import ICD10CM, CodeSet, Release, load
from chartstream.codesets.table import Table
from chartstream.events.validation import Severity
from chartstream.validation.checking import checked
from chartstream.validation.edits import EDITS, code_set
from chartstream.validation.written import WrittenClaim
from tests.unit.validation.tables import WrittenLibrary
from tests.unit.validation.test_cases import findings_of

SEVERITIES = {edit.name: edit.severity for edit in EDITS}
NAME = load().release.name


def said(edit: str, *codes: Any, **changes: Any) -> list[tuple[str, tuple[str, ...]]]:
    """Message and codes of what one edit finds."""
    found = findings_of({"codes": list(codes), **changes})
    return [(finding.message, tuple(finding.codes)) for finding in found if finding.edit == edit]


@pytest.mark.parametrize(
    ("edit", "codes", "message"),
    [
        ("code_unknown", ["U99"], f"U99 is not in {NAME}"),
        ("code_unknown", [""], f"an empty code is not in {NAME}"),
        ("code_unknown", ["I10.9"], f"I10.9 is not in {NAME}; I10 is"),
        (
            "code_unknown",
            ["M25.564"],
            f"M25.564 is not in {NAME}; M25.56 is, with billable codes below it (3): M25.561, M25.562, M25.569",
        ),
        ("code_retired", ["M54.5"], "M54.5 was retired; M54.50, M54.51, M54.59 took its place"),
        ("code_retired", ["T84.040A"], "T84.040A was retired; M97.01XA took its place"),
        (
            "code_retired",
            ["R05"],
            "R05 was retired; R05.1, R05.2, R05.3, R05.4, R05.8 and 1 more took its place",
        ),
        (
            "code_not_billable",
            ["Z68.4"],
            "Z68.4 is not billable, with billable codes below it (5): Z68.41, Z68.42, Z68.43, Z68.44, Z68.45",
        ),
        ("code_not_as_printed", ["e119"], "e119 is printed E11.9"),
        (
            "code_not_billable",
            ["N18"],
            "N18 is not billable, with billable codes below it (9): N18.1, N18.2, N18.30, N18.31, N18.32 and 4 more",
        ),
        (
            "code_not_billable",
            ["H25.03"],
            "H25.03 is not billable, with billable codes below it (4): H25.031, H25.032, H25.033, H25.039",
        ),
        ("code_not_billable", ["C00-C96"], "C00-C96 is not billable, a heading"),
        ("code_repeated", ["I10", "E78.5", "I10", "I10"], "I10 is listed 3 times"),
        ("seventh_character_missing", ["S01.01"], "S01.01 needs a seventh character (S01.01X_): A, D, S"),
        ("placeholder_wrong", ["S01.01A"], "S01.01A is printed S01.01XA"),
    ],
)
def test_findings_on_one_code(edit: str, codes: list[str], message: str) -> None:
    assert said(edit, *codes) == [(message, (codes[0],))]


@pytest.mark.parametrize(
    ("edit", "codes", "message", "at_fault"),
    [
        (
            "laterality_conflict",
            ["H25.13", "H25.11"],
            "H25.13 and H25.11 state different sides of one condition",
            ("H25.13", "H25.11"),
        ),
        ("laterality_conflict", ["H25.11", "H25.12"], "H25.11 and H25.12 together are H25.13", ("H25.11", "H25.12")),
        (
            "episode_mixed",
            ["S52.501A", "S52.501D"],
            "S52.501A and S52.501D are one condition in two episodes of care",
            ("S52.501A", "S52.501D"),
        ),
        (
            "external_cause_episode",
            ["S52.501D", "S52.502S", "W19.XXXA"],
            "W19.XXXA says initial, what it explains sequela and subsequent",
            ("W19.XXXA",),
        ),
        (
            "occurrence_restated",
            ["S52.501D", "Y92.009"],
            "Y92.009 belongs to the initial encounter, the injuries are past it",
            ("Y92.009",),
        ),
        (
            "aftercare_of_injury",
            ["Z47.89", "S52.501D"],
            "Z47.89 is no aftercare of an injury: S52.501D says it by its seventh character",
            ("Z47.89", "S52.501D"),
        ),
    ],
)
def test_findings_on_several_codes(edit: str, codes: list[str], message: str, at_fault: tuple[str, ...]) -> None:
    assert said(edit, *codes) == [(message, at_fault)]


@pytest.mark.parametrize(
    ("edit", "code", "text", "message"),
    [
        ("laterality_contradicted", "M25.561", "Left knee pain.", "M25.561 states right, its evidence left"),
        ("laterality_contradicted", "H25.11", "Cataract of both eyes.", "H25.11 states right, its evidence bilateral"),
        (
            "laterality_contradicted",
            "H25.12",
            "Bilateral cataract, the right eye operated on.",
            "H25.12 states left, its evidence bilateral and right",
        ),
        ("laterality_contradicted", "H25.13", "Cataract, left eye.", "H25.13 states bilateral, its evidence left"),
        (
            "laterality_unspecified",
            "M25.569",
            "Left knee pain.",
            "M25.569 leaves the side open, its evidence does not: M25.562",
        ),
        (
            "laterality_unspecified",
            "M25.569",
            "Bilateral knee pain.",
            "M25.569 leaves the side open, its evidence does not: M25.561 and M25.562",
        ),
        (
            "laterality_unspecified",
            "H25.10",
            "Cataract of both eyes.",
            "H25.10 leaves the side open, its evidence does not: H25.13",
        ),
        (
            "aftercare_of_injury",
            "Z47.89",
            "Aftercare of the ankle fracture.",
            "Z47.89 rests on a sentence about an injury, whose own code says aftercare",
        ),
        (
            "episode_contradicted",
            "S52.501A",
            "Wrist fracture, healing.",
            "S52.501A says initial, its evidence subsequent",
        ),
        (
            "episode_contradicted",
            "S52.501A",
            "Healing of a late effect of the fracture.",
            "S52.501A says initial, its evidence sequela or subsequent",
        ),
        (
            "fracture_healing_contradicted",
            "S52.501D",
            "Nonunion of the fracture.",
            "S52.501D does not say nonunion, its evidence does",
        ),
        (
            "fracture_type_contradicted",
            "S52.501A",
            "Open wrist fracture.",
            "S52.501A says closed fracture, its evidence open",
        ),
        (
            "fracture_type_contradicted",
            "S52.501B",
            "Closed wrist fracture.",
            "S52.501B says open fracture, its evidence closed",
        ),
    ],
)
def test_findings_on_the_words_of_the_evidence(edit: str, code: str, text: str, message: str) -> None:
    assert said(edit, code, text=text) == [(message, (code,))]


@pytest.mark.parametrize(
    ("edit", "line", "message"),
    [
        ("evidence_missing", {"evidence": False}, "nothing in the documents is given as evidence for I10"),
        (
            "evidence_unreadable",
            {"marked": {"document_id": "gone"}},
            "a document with evidence for I10 cannot be read",
        ),
        ("evidence_empty", {"marked": {"end": 0}}, "evidence for I10 points to no words of its document"),
        (
            "evidence_altered",
            {"marked": {"quote_sha256": "0" * 64}},
            "the words that were marked for I10 have changed",
        ),
    ],
)
def test_findings_on_evidence(edit: str, line: dict[str, Any], message: str) -> None:
    assert said(edit, {"code": "I10", **line}) == [(message, ("I10",))]


def test_evidence_at_fault_twice_is_one_finding_of_its_line() -> None:
    line = {"code": "I10", "quote": ["Assessment", "plan"], "marked": {"document_id": "gone"}}
    assert len(said("evidence_unreadable", line)) == 1


def test_a_date_that_is_not_known_is_said_to_be_so() -> None:
    assert said("release_unknown", "I10", day=None) == [
        ("the codes cannot be checked: the date of service is not known", ())
    ]
    assert said("release_unknown", "I10", day="2026-10-01") == [
        ("the codes cannot be checked: no release covers 2026-10-01", ())
    ]


@pytest.mark.parametrize(
    ("severity", "edits"),
    [
        (
            Severity.BLOCKS,
            [
                "code_unknown",
                "code_retired",
                "code_not_as_printed",
                "code_not_billable",
                "code_repeated",
                "seventh_character_missing",
                "placeholder_wrong",
                "evidence_missing",
                "evidence_empty",
                "evidence_altered",
            ],
        ),
        (
            Severity.REVIEW,
            [
                "release_unknown",
                "evidence_unreadable",
                "laterality_conflict",
                "laterality_contradicted",
                "laterality_unspecified",
                "episode_mixed",
                "external_cause_episode",
                "occurrence_restated",
                "aftercare_of_injury",
                "episode_contradicted",
                "fracture_healing_contradicted",
                "fracture_type_contradicted",
            ],
        ),
    ],
)
def test_what_is_wrong_whoever_decided_blocks_and_the_rest_goes_to_a_person(
    severity: Severity, edits: list[str]
) -> None:
    assert {edit: SEVERITIES[edit] for edit in edits} == dict.fromkeys(edits, severity)


class _Later(CodeSet):
    """A release of other dates that has every code."""

    def __init__(self, release: Release, table: Table) -> None:
        self.release = release

    def is_billable(self, code: str) -> bool:
        return True


@pytest.mark.parametrize(
    ("begins", "ends"), [(date(2026, 10, 1), date(2027, 9, 30)), (date(2024, 10, 1), date(2025, 9, 30))]
)
def test_a_code_of_another_release_is_said_to_be_so(monkeypatch: pytest.MonkeyPatch, begins: date, ends: date) -> None:
    other = Release(ICD10CM, "another release", begins, ends)
    monkeypatch.setattr(code_set, "installed", lambda: (load().release, other))
    monkeypatch.setattr(code_set, "load", lambda release: _Later(release, None))  # type: ignore[arg-type]
    assert said("code_unknown", "U99.9") == [
        (f"U99.9 is not in {NAME}, but in another release, in force from {begins} to {ends}", ("U99.9",))
    ]


def test_each_injury_is_held_against_its_own_words() -> None:
    text = "Distal radius fracture. Right ankle sprain, here for a follow-up visit."
    codes = ({"code": "S52.501A", "quote": "radius"}, {"code": "S93.401A", "quote": "ankle"})
    assert said("episode_contradicted", *codes, text=text) == [
        ("S93.401A says initial, its evidence subsequent", ("S93.401A",))
    ]


def test_the_conversion_table_of_the_site_is_asked() -> None:
    table = {"ICD-10-CM:": [], "ICD-10-CM:T84040A": [["M9702XA", "2016-10-01"]]}
    claim = WrittenClaim.model_validate({"codes": ["T84.040A"]}).claim(WrittenLibrary({"ICD-10 conversion": table}))
    assert [finding.message for finding in checked(claim, [*code_set.registry])[1]] == [
        "T84.040A was retired; M97.02XA took its place"
    ]
