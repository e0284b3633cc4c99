"""Every named edit of Medicare's editor has an edit of ours, and what has none is not lost."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from chartstream.medicare.grouper import Stay
from chartstream.validation.checking import checked
from chartstream.validation.edits import EDITS, medicare
from chartstream.validation.medicare_rules import MedicareEdit, medicare_rules
from chartstream.validation.written import WrittenClaim
from tests.unit.validation.tables import written_library

STAY = {"codes": [{"code": "I50.22", "poa": "Y"}], "age_years": 50, "claim_type": "FACILITY_INPATIENT"}
LIBRARY = written_library()


def messages(claim: dict[str, Any]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for finding in checked(WrittenClaim.model_validate(claim).claim(LIBRARY), tuple(medicare.registry))[1]:
        found.setdefault(finding.edit, []).append(finding.message)
    return found


def test_every_name_that_is_dealt_with_elsewhere_names_edits_of_ours() -> None:
    ours = {edit.name for edit in EDITS}
    assert {name for names in medicare_rules().elsewhere.values() for name in names} <= ours
    assert {row.name for row in medicare_rules().edits} <= ours


def test_no_name_is_dealt_with_twice() -> None:
    rules = medicare_rules()
    assert not {row.mce for row in rules.edits} & set(rules.elsewhere)
    assert len(rules.names) == len(rules.edits) + len(rules.elsewhere)


def test_a_name_that_no_edit_stands_for_goes_to_a_person(monkeypatch: pytest.MonkeyPatch) -> None:
    def edits(stay: Stay) -> frozenset[str]:
        return frozenset({"OPEN_BIOPSY", "BILATERAL", "UNACCEPTABLE_PDX", "AGE_CONFLICT"})

    monkeypatch.setattr(medicare, "stay_edits", edits)
    said = messages(STAY)["medicare_unchecked"]
    assert said == ["the Medicare Code Editor reports BILATERAL", "the Medicare Code Editor reports OPEN_BIOPSY"]


def test_the_whole_stay_is_given_to_the_editor_without_admitting_diagnoses(monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[Stay] = []

    def edits(stay: Stay) -> frozenset[str]:
        given.append(stay)
        return frozenset()

    monkeypatch.setattr(medicare, "stay_edits", edits)
    codes = [
        {"code": "I50.22", "poa": "Y"},
        {"code": "E87.6", "poa": "N"},
        {"code": "R06.02", "role": "ADMITTING"},
        {"code": "R07.9", "role": "REASON_FOR_VISIT"},
        {"code": "W19.XXXA", "poa": "N", "role": "EXTERNAL_CAUSE"},
        {"code": "E78.5", "poa": "Y", "role": "OTHER"},
    ]
    lines = [{"code": "0DTJ4ZZ", "system": "ICD_10_PCS"}, {"code": "99223"}]
    messages(STAY | {"codes": codes, "sex": "FEMALE", "discharge_disposition": "20", "procedures": lines})
    secondary = ("E876", "W19XXXA", "E785")
    assert set(given) == {Stay(date(2026, 3, 2), 50, "FEMALE", "I5022", secondary, ("0DTJ4ZZ",), (), 20)}
    given.clear()
    messages({key: value for key, value in STAY.items() if key != "age_years"})
    assert [(stay.age, stay.sex, stay.discharge_status) for stay in given] == [(50, "UNKNOWN", None)]


def test_a_stay_without_diagnoses_is_not_given_to_the_editor() -> None:
    assert "medicare_unchecked" not in messages(STAY | {"codes": []})


def row(**changes: Any) -> dict[str, Any]:
    first = medicare_rules().edits[0].model_dump()
    return first | changes


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"code": None}, "rest on a code's edit"),
        ({"of": "procedure"}, "rest on a code's edit"),
        ({"message": "wrong"}, "does not name the code"),
        ({"code": "Nonsense"}, "Input should be"),
        ({"severity": "BLOCKS"}, "Extra inputs"),
    ],
)
def test_a_row_that_does_not_hold_is_refused(changes: dict[str, Any], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        MedicareEdit.model_validate(row(**changes))
