"""The stage: what passes through, what a person's acknowledgement does, what a defect does."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from chartstream.codesets.icd10cm import RELEASE
from chartstream.events.coding import CodeSetRelease, CodeSystem
from chartstream.events.extraction import ExtractedField, FieldOrigin
from chartstream.events.head import Acknowledgement, Action, Origin
from chartstream.events.validation import Severity
from chartstream.validation.claim import Claim
from chartstream.validation.registry import Edit, Hit, Registry
from chartstream.validation.stage import ValidationStage
from tests.unit.builders import FixedClock, answer, coding, diagnosis, encounter, proposed, stored_notes
from tests.unit.validation.tables import written_library

LIBRARY = written_library()


def make_stage(**changes: Any) -> ValidationStage:
    return ValidationStage(stored_notes(), FixedClock(), LIBRARY, **changes)


stage = make_stage()


def test_a_withdrawal_passes_through_with_its_reason() -> None:
    event = proposed([], action=Action.WITHDRAW, encounter=None, coding=None, withdrawal_reason="registered in error")
    passed = stage(event)[0]
    assert passed.action is Action.WITHDRAW
    assert passed.withdrawal_reason == "registered in error"
    assert passed.findings == ()


def test_everything_proposed_is_handed_on() -> None:
    event = proposed([diagnosis("I10")], origin=Origin.PERSON, answer=answer())
    passed = stage(event)[0]
    kept = ("origin", "answer", "encounter", "patient_facts", "documents", "fields", "coding")
    assert all(getattr(passed, name) == getattr(event, name) for name in kept)
    assert passed.head.caused_by == event.head.event_id


def test_the_same_event_gives_the_same_answer() -> None:
    event = proposed([diagnosis("E11.9"), diagnosis("E10.9", 2)])
    assert stage(event) == make_stage()(event)


@pytest.mark.parametrize(("code", "acknowledged"), [(None, True), ("E10.9", True), ("I10", False)])
def test_an_acknowledgement_is_carried_by_the_findings_it_concerns(code: str | None, acknowledged: bool) -> None:
    note = Acknowledgement(edit="excludes1", code=code, reason_code="unrelated_conditions")
    event = proposed(
        [diagnosis("E11.9"), diagnosis("E10.9", 2)], origin=Origin.PERSON, answer=answer(acknowledgements=(note,))
    )
    finding = stage(event)[0].findings[0]
    assert (finding.acknowledged == note) is acknowledged


def test_an_acknowledgement_of_another_edit_changes_nothing() -> None:
    note = Acknowledgement(edit="age_conflict", reason_code="seen")
    event = proposed([diagnosis("E11.9"), diagnosis("E10.9", 2)], answer=answer(acknowledgements=(note,)))
    assert stage(event)[0].findings[0].acknowledged is None


def test_a_waived_date_uses_the_release_that_coding_used() -> None:
    waived = ExtractedField(name="encounter_date", value="", origin=FieldOrigin.WAIVED, extraction_confidence=1.0)
    used = CodeSetRelease(system=CodeSystem.ICD_10_CM, release=RELEASE.name, sha256="c" * 64)
    lines = [diagnosis("E11.9"), diagnosis("E10.9", 2)]
    event = proposed(
        lines, encounter=encounter(service_from=None), fields=(waived,), coding=coding(lines, code_sets=(used,))
    )
    assert [f.edit for f in stage(event)[0].findings] == ["excludes1"]


def test_a_date_that_is_missing_without_a_waiver_is_never_replaced() -> None:
    used = CodeSetRelease(system=CodeSystem.ICD_10_CM, release=RELEASE.name, sha256="c" * 64)
    lines = [diagnosis("I10")]
    event = proposed(lines, encounter=encounter(service_from=None), coding=coding(lines, code_sets=(used,)))
    assert [f.edit for f in stage(event)[0].findings] == ["release_unknown"]


def test_a_defect_in_one_edit_is_raised() -> None:
    def broken(claim: Claim) -> Iterator[Hit]:
        raise ZeroDivisionError
        yield Hit("")

    edit = Edit("broken", Severity.REVIEW, "none", "none", broken, {})
    with pytest.raises(ZeroDivisionError):
        make_stage(edits=[edit])(proposed([diagnosis("I10")]))


def test_two_edits_of_one_name_are_refused() -> None:
    registry = Registry()

    def same(claim: Claim) -> list[Hit]:
        return []

    registry.edit(Severity.WARNS, source="s", remedy="r", example={})(same)
    with pytest.raises(ValueError, match="two edits are called same"):
        registry.edit(Severity.WARNS, source="s", remedy="r", example={})(same)


def test_the_validator_is_named_by_the_hash_of_its_rules() -> None:
    fewer = make_stage(edits=[])(proposed([diagnosis("I10")]))[0].validator
    every = stage(proposed([diagnosis("I10")]))[0].validator
    assert every is not None
    assert fewer is not None
    assert every.sha256 != fewer.sha256
