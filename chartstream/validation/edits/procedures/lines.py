"""What the edits ask of a procedure line: its days, its provider, its place, the tables that hold for it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from itertools import combinations

from chartstream.codesets.editions import Editions
from chartstream.codesets.model import CPT, HCPCS
from chartstream.codesets.services import FeeIndicators, NcciSetting
from chartstream.events.coding import CodeSystem, Diagnosis, Procedure
from chartstream.events.encounter import ClaimType
from chartstream.validation.claim import Claim

OUTPATIENT = frozenset({ClaimType.PROFESSIONAL, ClaimType.FACILITY_OUTPATIENT})
PROFESSIONAL = frozenset({ClaimType.PROFESSIONAL})

_CPT = re.compile(r"\d{4}[0-9AFMTU]")
_HCPCS = re.compile(r"[A-V]\d{4}")
_SETTINGS = {
    ClaimType.PROFESSIONAL: NcciSetting.PRACTITIONER,
    ClaimType.FACILITY_OUTPATIENT: NcciSetting.OUTPATIENT,
}


def table_of(code: str) -> str | None:
    """The table that a code of HCPCS level I (CPT) or level II stands in, by its form; None for no such form."""
    if _CPT.fullmatch(code):
        return CPT
    return HCPCS if _HCPCS.fullmatch(code) else None


def is_service(line: Procedure) -> bool:
    """Whether a line is of CPT or HCPCS."""
    return line.system in {CodeSystem.CPT, CodeSystem.HCPCS}


def setting_of(claim: Claim) -> NcciSetting | None:
    """Whose NCCI tables hold for the claim; None for an inpatient one, to which NCCI does not apply."""
    return _SETTINGS.get(claim.claim_type)


def first_day(claim: Claim, line: Procedure) -> date | None:
    """The first day of a line: its own, else the encounter's; None where neither is known."""
    return line.performed_from or claim.encounter.service_from


def last_day(claim: Claim, line: Procedure) -> date | None:
    """The last day of a line."""
    return line.performed_through or first_day(claim, line)


def tables_for(claim: Claim, line: Procedure) -> Editions | None:
    """The tables in force on the line's first day; None where no date is known."""
    day = first_day(claim, line)
    return None if claim.editions is None or day is None else claim.editions.on(day)


def fee_of(claim: Claim, line: Procedure) -> FeeIndicators | None:
    """The fee-schedule indicators of a line's code, None where no installed table has them."""
    tables = tables_for(claim, line)
    return None if tables is None else tables.fee(line.code)


def place_of(claim: Claim, line: Procedure) -> str | None:
    """The place of service of a line: its own, else the facility's."""
    facility = claim.encounter.facility
    return line.place_of_service or (facility.place_of_service if facility is not None else None)


def share_a_day(claim: Claim, one: Procedure, other: Procedure) -> bool:
    """Whether two lines have a day in common. Lines without any known date count as of one day."""
    begins, ends = first_day(claim, one), last_day(claim, one)
    other_begins, other_ends = first_day(claim, other), last_day(claim, other)
    if begins is None or ends is None or other_begins is None or other_ends is None:
        return True
    return begins <= other_ends and other_begins <= ends


def share_a_provider(claim: Claim, one: Procedure, other: Procedure) -> bool:
    """Whether two lines are one provider's: the hospital's on its claim; an unknown provider may be anyone."""
    if claim.claim_type is not ClaimType.PROFESSIONAL:
        return True
    return one.provider_id is None or other.provider_id is None or one.provider_id == other.provider_id


def pairs_together(claim: Claim) -> Iterator[tuple[Procedure, Procedure]]:
    """Every two lines of CPT and HCPCS that are of one day and one provider, in the order of the claim."""
    for one, other in combinations(claim.services, 2):
        if share_a_day(claim, one, other) and share_a_provider(claim, one, other):
            yield one, other


def companions(claim: Claim, line: Procedure) -> Iterator[Procedure]:
    """The other lines of a line's day and provider."""
    for other in claim.services:
        if other is not line and share_a_day(claim, line, other) and share_a_provider(claim, line, other):
            yield other


def pointed(claim: Claim, line: Procedure) -> Iterator[Diagnosis]:
    """The diagnoses of ICD-10-CM that a line points to, in the order of its pointers; every one of the claim where it
    points to none.
    """
    if not line.diagnosis_pointers:
        yield from claim.icd10cm
        return
    by_number = {d.sequence: d for d in claim.diagnoses if d.system is CodeSystem.ICD_10_CM}
    yield from (by_number[number] for number in line.diagnosis_pointers if number in by_number)
