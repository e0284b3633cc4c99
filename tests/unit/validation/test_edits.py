"""Every case of cases.yaml through the whole stage, and each edit shown to fire in at least one of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from chartstream.events.encounter import ClaimType, PatientFacts, Sex
from chartstream.events.validation import Finding, Severity
from chartstream.validation.edits import EDITS
from chartstream.validation.stage import ValidationStage
from tests.unit.builders import DAY, FixedClock, coding, diagnosis, encounter, procedure, proposed

CASES: list[dict[str, Any]] = yaml.safe_load((Path(__file__).parent / "cases.yaml").read_text(encoding="utf-8"))


def findings_of(case: dict[str, Any]) -> tuple[Finding, ...]:
    lines = [diagnosis(code, place) for place, code in enumerate(case["codes"], start=1)]
    if not case.get("evidence", True):
        lines = [line.model_copy(update={"evidence": ()}) for line in lines]
    procedures = (procedure(diagnosis_pointers=tuple(case["pointers"])),) if "pointers" in case else ()
    event = proposed(
        lines,
        encounter=encounter(
            claim_type=ClaimType(case.get("claim_type", "PROFESSIONAL")),
            service_from=case.get("day", DAY),
            service_through=case.get("through"),
        ),
        patient_facts=PatientFacts(
            age_years=case.get("age_years"), age_days=case.get("age_days"), sex=Sex(case.get("sex", "UNKNOWN"))
        ),
        coding=coding(lines, procedures=procedures),
    )
    return ValidationStage(FixedClock())(event)[0].findings


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_a_claim_has_exactly_the_findings_that_its_case_states(case: dict[str, Any]) -> None:
    found = {finding.edit for finding in findings_of(case) if finding.severity is not Severity.WARNS}
    assert found == set(case["expect"])


def test_every_edit_that_holds_a_claim_back_fires_in_some_case() -> None:
    shown = {edit for case in CASES for edit in case["expect"]} | {"sequence_broken", "present_on_admission_missing"}
    assert {edit.name for edit in EDITS} == shown


def test_every_edit_names_its_source_and_its_remedy() -> None:
    for edit in EDITS:
        assert edit.source
        assert edit.remedy


@pytest.mark.parametrize("sequences", [(1, 1), (1, 3), (2, 1), (0, 1)])
def test_numbers_out_of_order_block(sequences: tuple[int, int]) -> None:
    first = diagnosis("I10").model_copy(update={"sequence": sequences[0]})
    second = diagnosis("E78.5", 2).model_copy(update={"sequence": sequences[1]})
    found = ValidationStage(FixedClock())(proposed([first, second]))[0].findings
    assert [(f.edit, f.severity) for f in found] == [("sequence_broken", Severity.BLOCKS)]


def test_two_principal_diagnoses_block() -> None:
    second = diagnosis("E78.5", 2).model_copy(update={"role": diagnosis("I10").role})
    found = ValidationStage(FixedClock())(proposed([diagnosis("I10"), second]))[0].findings
    assert [f.edit for f in found] == ["sequence_broken"]


def test_a_stay_without_present_on_admission_indicators_is_only_warned_of() -> None:
    found = findings_of({"codes": ["I50.22"], "claim_type": "FACILITY_INPATIENT"})
    assert [(f.edit, f.severity) for f in found] == [("present_on_admission_missing", Severity.WARNS)]


def test_the_message_names_the_codes_at_fault() -> None:
    finding = findings_of({"codes": ["E11.9", "E10.9"]})[0]
    assert finding.codes == ("E11.9", "E10.9")
    assert "E11.9" in finding.message
    assert "E10.9" in finding.message
