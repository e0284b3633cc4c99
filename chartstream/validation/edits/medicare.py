"""The Medicare Code Editor's edits of a stay. It edits facility inpatient claims alone: on a visit it would stop every
preventive examination.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from chartstream.events.coding import CodeSystem, Diagnosis, DiagnosisRole, Procedure
from chartstream.events.validation import Severity
from chartstream.medicare.editor import SEX_EDIT_UNTIL, covers, known_discharge_status, procedure_edits, stay_edits
from chartstream.medicare.grouper import Stay
from chartstream.validation.claim import Claim
from chartstream.validation.medicare_rules import MedicareEdit, medicare_rules
from chartstream.validation.medicare_tables import has_table, procedure_table, unheard_of
from chartstream.validation.patient_rules import OTHERS_ONLY, age_of
from chartstream.validation.references import plain
from chartstream.validation.registry import INPATIENT, Check, Hit, Registry

registry = Registry()

_OVER_96_HOURS: Final = "5A1955Z"  # respiratory ventilation, greater than 96 consecutive hours
_DAYS_OF_96_HOURS: Final = 4
_OVER_60: Final = "Noncovered_Over60"
# What the editor is told where the age is not known: it has no edit of a procedure for that age.
_GROWN_UP: Final = 50
_ON_THE_CLAIM: Final = frozenset({DiagnosisRole.SECONDARY, DiagnosisRole.EXTERNAL_CAUSE, DiagnosisRole.OTHER})
_RULES: Final = medicare_rules()


def _of_diagnoses(row: MedicareEdit) -> Check:
    def check(claim: Claim) -> Iterator[Hit]:
        first = claim.first_listed
        for diagnosis in claim.icd10cm:
            if row.of == "principal" and (diagnosis is not first or (row.alone and _secondary(claim))):
                continue
            if row.code in claim.medicare_edits.get(diagnosis.code, ()):
                yield Hit(row.message.format(code=diagnosis.code), (diagnosis.code,))

    return check


def _of_procedures(row: MedicareEdit) -> Check:
    def check(claim: Claim) -> Iterator[Hit]:
        for line in _operations(claim):
            by_table = bool(row.table) and has_table(claim.editions)
            if _named_by_table(claim, row, line) if by_table else _named(claim, row, line):
                yield Hit(row.message.format(code=line.code), (line.code,))

    return check


for _row in _RULES.edits:
    _check = _of_procedures(_row) if _row.of == "procedure" else _of_diagnoses(_row)
    _check.__name__, _check.__doc__ = _row.name, _row.says
    registry.edit(
        Severity.REVIEW,
        source=_row.source,
        remedy=_row.remedy,
        example=_row.example,
        since=_row.since,
        until=_row.until,
        claim_types=INPATIENT,
    )(_check)


@registry.edit(
    Severity.REVIEW,
    source="Definitions of Medicare Code Edits, chapter 5 B and D: procedures for females, for males only",
    remedy="check the procedure and the patient's registered sex; acknowledge it where both are right",
    example={
        "codes": ["I50.22"],
        "sex": "MALE",
        "claim_type": "FACILITY_INPATIENT",
        "day": "2024-09-30",
        "procedures": [{"code": "0UT90ZZ", "system": "ICD_10_PCS"}],
    },
    until=SEX_EDIT_UNTIL,
    claim_types=INPATIENT,
)
def procedure_sex_conflict(claim: Claim) -> Iterator[Hit]:
    """A procedure of one sex on a patient registered with the other, on the dates on which CMS had this edit."""
    day, other = claim.reference_day, OTHERS_ONLY.get(claim.facts.sex)
    if day is None or other is None or day > SEX_EDIT_UNTIL:
        return
    for line in _operations(claim):
        table = procedure_table(claim.editions, line)
        if other in (table if has_table(claim.editions) else procedure_edits(line.code, day)):
            yield Hit(f"{line.code} does not fit the patient's sex", (line.code,))


@registry.edit(
    Severity.REVIEW,
    source="Definitions of Medicare Code Edits, chapter 19: procedure inconsistent with length of stay",
    remedy="check the hours of ventilation and the dates of the stay",
    example={
        "codes": ["J96.01"],
        "age_years": 50,
        "claim_type": "FACILITY_INPATIENT",
        "day": "2026-03-02",
        "through": "2026-03-05",
        "procedures": [{"code": "5A1955Z", "system": "ICD_10_PCS"}],
    },
    claim_types=INPATIENT,
)
def stay_too_short(claim: Claim) -> Iterator[Hit]:
    """Ventilation of more than 96 hours in a stay of fewer than four days."""
    begin, end = claim.encounter.service_from, claim.encounter.service_through
    if begin is None or end is None or (end - begin).days >= _DAYS_OF_96_HOURS:
        return
    for line in _operations(claim):
        if line.code == _OVER_96_HOURS:
            yield Hit(f"{line.code} takes more than 96 hours, the stay is shorter than four days", (line.code,))


@registry.edit(
    Severity.REVIEW,
    source="Definitions of Medicare Code Edits, chapter 16: invalid discharge status; UB-04 FL 17",
    remedy="correct the patient's discharge status",
    example={"codes": ["I50.22"], "claim_type": "FACILITY_INPATIENT", "discharge_disposition": "99"},
    claim_types=INPATIENT,
)
def discharge_status_invalid(claim: Claim) -> Iterator[Hit]:
    """A two-digit discharge status that Medicare does not know."""
    status, day = _status(claim), claim.reference_day
    if status is not None and day is not None and covers(day) and not known_discharge_status(status, day):
        yield Hit(f"{status:02d} is no discharge status")


@registry.edit(
    Severity.WARNS,
    source="UB-04 FL 17: the status of the patient at discharge, two digits, is required on a stay's claim",
    remedy="state the patient's discharge status",
    example={"codes": ["I50.22"], "claim_type": "FACILITY_INPATIENT"},
    claim_types=INPATIENT,
)
def discharge_status_unknown(claim: Claim) -> Iterator[Hit]:
    """No two-digit discharge status: the stay is edited and grouped as if the patient went home."""
    if _status(claim) is None:
        yield Hit("the discharge status is not known as a two-digit code; discharge to home is assumed")


@registry.edit(
    Severity.REVIEW,
    source="Medicare Claims Processing Manual (Pub. 100-04), chapter 3, section 20.2.1: every stay passes the editor",
    remedy="install the Medicare Code Editor's table for the date, or check the claim by hand",
    example={"codes": ["I50.22"], "claim_type": "FACILITY_INPATIENT", "day": "2027-04-01"},
    claim_types=INPATIENT,
)
def medicare_unchecked(claim: Claim) -> Iterator[Hit]:
    """A stay on a date that the editor's tables do not reach, or on which it says what no edit here stands for."""
    day = claim.reference_day
    if day is None:  # release_unknown says so
        return
    if not covers(day) and not has_table(claim.editions):
        yield Hit(f"the Medicare Code Editor at hand does not reach {day}")
    elif covers(day) and (stay := _stay(claim)) is not None:
        for name in sorted(stay_edits(stay) - _RULES.names):
            yield Hit(f"the Medicare Code Editor reports {name}")
    for name, codes in unheard_of([d.code for d in claim.icd10cm], claim.editions).items():
        yield Hit(f"the Medicare Code Editor's table says {name} of {', '.join(codes)}", tuple(codes))


def _named(claim: Claim, row: MedicareEdit, line: Procedure) -> bool:
    """Whether the editor makes the edit on the stay, and still does where ``line`` is its only procedure."""
    stay = _stay(claim)
    if stay is None or not covers(stay.discharged) or row.mce not in stay_edits(stay):
        return False
    return row.mce in stay_edits(replace(stay, procedures=(line.code,)))


def _named_by_table(claim: Claim, row: MedicareEdit, line: Procedure) -> bool:
    age = age_of(claim.facts)
    over_60 = age is not None and age.min_years > 60
    return any(name in row.table and (name != _OVER_60 or over_60) for name in procedure_table(claim.editions, line))


def _operations(claim: Claim) -> list[Procedure]:
    return [line for line in claim.procedures if line.system is CodeSystem.ICD_10_PCS]


def _secondary(claim: Claim) -> list[Diagnosis]:
    first = claim.first_listed
    return [d for d in claim.icd10cm if d is not first and d.role in _ON_THE_CLAIM]


def _status(claim: Claim) -> int | None:
    stated = claim.encounter.discharge_disposition or ""
    return int(stated) if len(stated) == 2 and stated.isdecimal() and stated.isascii() else None


def _stay(claim: Claim) -> Stay | None:
    first, day, age = claim.first_listed, claim.reference_day, age_of(claim.facts)
    if first is None or day is None:
        return None
    return Stay(
        discharged=day,
        age=_GROWN_UP if age is None else age.min_years,
        sex=claim.facts.sex.value,
        principal=plain(first.code),
        secondary=tuple(plain(d.code) for d in _secondary(claim)),
        procedures=tuple(line.code for line in _operations(claim)),
        indicators=(),
        discharge_status=_status(claim),
    )
