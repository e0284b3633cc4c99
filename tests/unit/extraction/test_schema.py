"""The schema of required fields: what is absent, doubtful or impossible is named."""

from __future__ import annotations

from datetime import date

import pytest

from chartstream.events.encounter import (
    ClaimType,
    Encounter,
    Facility,
    Patient,
    PatientFacts,
    Provider,
    ProviderRole,
    Sex,
)
from chartstream.extraction.fields import Field
from chartstream.extraction.schema import check_fields
from chartstream.extraction.settle import Settled, Stated

DAY = date(2026, 2, 17)
WHOLE = PatientFacts(age_years=64, sex=Sex.FEMALE)


def settled(
    claim_type: ClaimType = ClaimType.PROFESSIONAL, facts: PatientFacts = WHOLE, through: date = DAY, **more: object
) -> Settled:
    encounter = Encounter(
        claim_type=claim_type,
        complete=True,
        source="test",
        service_from=DAY,
        service_through=through,
        patient=Patient(patient_id="p1"),
    )
    return Settled(encounter.model_copy(update=more), facts, ())


def stated(name: str, value: str, confidence: float = 0.95) -> Stated:
    return Stated("doc-0", Field(name, value, 0, 1, confidence))


def codes(given: Settled, *fields: Stated, diagnoses: int = 1, waived: tuple[str, ...] = ()) -> list[str]:
    return [problem.code for problem in check_fields(given, fields, diagnoses, waived)]


PROVIDER = stated("provider", "Ada Ferrow, MD")
RENDERING = (Provider(role=ProviderRole.RENDERING, provider_id="prv-1"),)
BILLING = (Provider(role=ProviderRole.BILLING, provider_id="bill-1"),)
HOUSE = Facility(facility_id="fac-1")


@pytest.mark.parametrize(
    ("given", "fields", "expected"),
    [
        (settled(), [PROVIDER], []),
        (settled(providers=RENDERING), [], []),
        (settled(providers=BILLING), [], ["provider_missing"]),
        (settled(), [stated("provider", "Ada Ferrow, MD", 0.5)], ["provider_uncertain"]),
        (settled(facts=PatientFacts(sex=Sex.FEMALE)), [PROVIDER], ["age_missing"]),
        (settled(facts=PatientFacts(sex=Sex.FEMALE)), [PROVIDER, stated("age", "64", 0.5)], ["age_uncertain"]),
        (settled(facts=PatientFacts(age_years=64)), [PROVIDER], ["sex_missing"]),
        (settled(facts=PatientFacts(age_years=64, sex=Sex.OTHER)), [PROVIDER], []),
        (settled(ClaimType.FACILITY_INPATIENT), [PROVIDER], ["facility_missing"]),
        (settled(ClaimType.FACILITY_INPATIENT, facility=HOUSE), [], []),
        (settled(ClaimType.FACILITY_OUTPATIENT), [stated("facility", "Mercy Ridge Hospital")], []),
        (settled(facts=PatientFacts(age_years=164, sex=Sex.FEMALE)), [PROVIDER], ["age_conflict"]),
        (settled(through=date(2026, 2, 1)), [PROVIDER], ["encounter_date_conflict"]),
    ],
)
def test_what_keeps_an_encounter_from_being_coded(given: Settled, fields: list[Stated], expected: list[str]) -> None:
    assert codes(given, *fields) == expected


def test_something_must_be_there_to_code_from() -> None:
    assert codes(settled(), PROVIDER, diagnoses=0) == ["diagnosis_missing"]


def test_what_is_waived_may_be_absent() -> None:
    assert codes(settled(), diagnoses=0, waived=("provider", "diagnosis")) == []
