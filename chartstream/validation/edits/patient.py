"""Does the code fit the patient's sex and age?"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from chartstream.events.encounter import Sex
from chartstream.events.validation import Severity
from chartstream.medicare.editor import SEX_EDIT_UNTIL, CodeEdit, code_edits, covers
from chartstream.validation.claim import Claim
from chartstream.validation.medicare_tables import has_table
from chartstream.validation.patient_rules import OTHERS_ONLY, Age, AgeRule, age_of, patient_rules
from chartstream.validation.references import plain
from chartstream.validation.registry import EVERY_CLAIM, INPATIENT, Hit, Registry

registry = Registry()

_NOTHING: Final[frozenset[CodeEdit]] = frozenset()
_OLDEST = 124
_SEX_EDIT_SINCE = SEX_EDIT_UNTIL.replace(month=10, day=1)


@registry.edit(
    Severity.REVIEW,
    source="Medicare Code Editor, chapter 5, sex conflict; ICD-10-CM Official Guidelines I.C.15.a.2",
    remedy="check the code and the patient's registered sex; acknowledge it where both are right",
    example={"codes": ["N40.1"], "sex": "FEMALE", "age_years": 70, "day": "2024-09-30"},
    until=SEX_EDIT_UNTIL,
)
def sex_conflict(claim: Claim) -> Iterator[Hit]:
    """A code of one sex for a patient registered with the other, on the dates on which CMS had this edit. Unknown and
    other sex never conflict.
    """
    other, day = OTHERS_ONLY.get(claim.facts.sex), claim.reference_day
    if other is None or day is None or day > SEX_EDIT_UNTIL:
        return
    for diagnosis in claim.icd10cm:
        if other in claim.medicare_edits.get(diagnosis.code, _NOTHING) or _of_sex(diagnosis.code, other):
            yield Hit(f"{diagnosis.code} does not fit the patient's sex", (diagnosis.code,))


@registry.edit(
    Severity.WARNS,
    source="Medicare Code Editor, chapter 5: no longer active from 1 October 2024; its last lists, as information",
    remedy="check the code and the patient's registered sex",
    example={"codes": ["N40.1"], "sex": "FEMALE", "age_years": 70},
    since=_SEX_EDIT_SINCE,
)
def sex_unusual(claim: Claim) -> Iterator[Hit]:
    """A code that CMS listed for one sex only, for a patient registered with the other, since CMS no longer edits."""
    other = OTHERS_ONLY.get(claim.facts.sex)
    if other is None:
        return
    for diagnosis in claim.icd10cm:
        if _last_listed(diagnosis.code, other):
            yield Hit(f"{diagnosis.code} is unusual for the patient's registered sex", (diagnosis.code,))


@registry.edit(
    Severity.REVIEW,
    source="Medicare Code Editor, chapter 4; ICD-10-CM Official Guidelines I.C.16.a; each rule's own in patient.yaml",
    remedy="check the code and the date of birth; acknowledge it where a condition lasts beyond the usual age",
    example={"codes": ["P59.9"], "age_years": 40},
)
def age_conflict(claim: Claim) -> Iterator[Hit]:
    """A code outside the ages at which it occurs. An unknown age never conflicts."""
    age = age_of(claim.facts)
    if age is None:
        return
    for diagnosis in claim.icd10cm:
        rule = _broken(claim, age, diagnosis.code)
        if rule is not None:
            yield Hit(f"{diagnosis.code} does not fit the patient's age ({rule.name})", (diagnosis.code,))


@registry.edit(
    Severity.REVIEW,
    source="Medicare Code Editor, chapter 4: its lists hold for the dates of its version",
    remedy="install the Medicare Code Editor's table for the date, or compare the codes with the age by hand",
    example={"codes": ["I10"], "age_years": 50, "day": "2027-04-01"},
    claim_types=EVERY_CLAIM - INPATIENT,  # of stays medicare_unchecked says it
)
def age_unchecked(claim: Claim) -> Iterator[Hit]:
    """A visit on a date that no lists of newborn, paediatric, maternity and adult codes reach."""
    day = claim.reference_day
    if day is None or age_of(claim.facts) is None or not claim.icd10cm:
        return
    if not covers(day) and not has_table(claim.editions):
        yield Hit(f"no lists of the ages of codes are at hand for {day}", tuple(d.code for d in claim.icd10cm))


@registry.edit(
    Severity.REVIEW,
    source="Medicare Code Editor, chapter 14, invalid age: ages 0 to 124",
    remedy="correct the date of birth or the date of service",
    example={"codes": ["I10"], "age_years": 125},
)
def age_invalid(claim: Claim) -> Iterator[Hit]:
    """An age below 0 or above 124 years."""
    age = age_of(claim.facts)
    if age is not None and (age.min_days < 0 or age.min_years > _OLDEST):
        yield Hit("the patient's age is not between 0 and 124 years")


@registry.edit(
    Severity.WARNS,
    source="Medicare Code Editor, chapters 14 and 15: age and sex are among what it checks a stay by",
    remedy="complete the registration",
    example={"codes": ["I50.22"], "claim_type": "FACILITY_INPATIENT"},
    claim_types=INPATIENT,
)
def patient_incomplete(claim: Claim) -> Iterator[Hit]:
    """A stay of a patient whose age or sex is not known, so that nothing is compared with it."""
    unknown = [name for name, known in (("age", age_of(claim.facts)), ("sex", _sex(claim))) if known is None]
    if unknown:
        yield Hit(f"the patient's {' and '.join(unknown)} is not known; no code is compared with it")


def _sex(claim: Claim) -> Sex | None:
    return None if claim.facts.sex is Sex.UNKNOWN else claim.facts.sex


def _broken(claim: Claim, age: Age, code: str) -> AgeRule | None:
    day = claim.reference_day
    return next(
        (
            rule
            for rule in _age_rules(code, claim.medicare_edits.get(code, _NOTHING))
            if rule.excludes(age) and (day is None or rule.since <= day <= rule.until)
        ),
        None,
    )


@lru_cache(maxsize=20_000)
def _age_rules(code: str, edits: frozenset[CodeEdit]) -> tuple[AgeRule, ...]:
    rules = patient_rules().age
    return tuple(
        rule for rule in rules if rule.edit in edits or (rule.prefixes and plain(code).startswith(rule.prefixes))
    )


@lru_cache(maxsize=20_000)
def _last_listed(code: str, only: CodeEdit) -> bool:
    """Whether the last lists of the editor, or a rule of our own, give the code to the sex that ``only`` names."""
    return only in code_edits(code, SEX_EDIT_UNTIL) or _of_sex(code, only)


@lru_cache(maxsize=20_000)
def _of_sex(code: str, only: CodeEdit) -> bool:
    """Whether a rule of our own gives the code to the sex that ``only`` names."""
    rules = patient_rules().sex
    return any(rule.sex == only.name and plain(code).startswith(rule.prefixes) for rule in rules)
