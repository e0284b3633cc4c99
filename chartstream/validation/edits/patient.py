"""Does the code fit the patient's sex and age?"""

from __future__ import annotations

from collections.abc import Iterator

from chartstream.events.encounter import PatientFacts, Sex
from chartstream.events.validation import Severity
from chartstream.validation.claim import Claim
from chartstream.validation.patient_rules import patient_rules
from chartstream.validation.references import plain
from chartstream.validation.registry import Hit, Registry

registry = Registry()

_DAYS_A_YEAR = 365.25


@registry.edit(
    Severity.REVIEW,
    source="ICD-10-CM Official Guidelines I.C.15 and the tabular list; rules and sources in data/patient.yaml",
    remedy="check the code and the patient's registered sex; acknowledge it where both are right",
    example={"codes": ["O26.891"], "sex": "MALE", "age_years": 30},
)
def sex_conflict(claim: Claim) -> Iterator[Hit]:
    """A code of one sex for a patient registered with the other. Unknown and other sex never conflict."""
    if claim.facts.sex not in {Sex.FEMALE, Sex.MALE}:
        return
    for diagnosis in claim.icd10cm:
        for rule in patient_rules().sex:
            if rule.sex != claim.facts.sex.value and plain(diagnosis.code).startswith(rule.prefixes):
                yield Hit(f"{diagnosis.code} does not fit the patient's sex", (diagnosis.code,))
                break


@registry.edit(
    Severity.REVIEW,
    source="ICD-10-CM Official Guidelines I.C.16.a and the tabular list; rules and sources in data/patient.yaml",
    remedy="check the code and the date of birth; acknowledge it where a condition lasts beyond the usual age",
    example={"codes": ["P59.9"], "age_years": 40},
)
def age_conflict(claim: Claim) -> Iterator[Hit]:
    """A code outside the ages at which it occurs. An unknown age never conflicts."""
    span = _age_in_days(claim.facts)
    if span is None:
        return
    youngest, oldest = span
    for diagnosis in claim.icd10cm:
        for rule in patient_rules().age:
            if not plain(diagnosis.code).startswith(rule.prefixes):
                continue
            if oldest < rule.min_days or (rule.max_days is not None and youngest > rule.max_days):
                yield Hit(f"{diagnosis.code} does not fit the patient's age ({rule.name})", (diagnosis.code,))
                break


def _age_in_days(facts: PatientFacts) -> tuple[int, int] | None:
    """The least and the greatest age in days that the facts allow, or None."""
    if facts.age_days is not None:
        return facts.age_days, facts.age_days
    if facts.age_years is None:
        return None
    return int(facts.age_years * _DAYS_A_YEAR), int((facts.age_years + 1) * _DAYS_A_YEAR) - 1
