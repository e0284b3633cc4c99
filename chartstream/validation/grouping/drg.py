"""The MS-DRG of an inpatient stay, its weight, and the codes that carry it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from chartstream.events.coding import CodeSystem, DiagnosisRole, PresentOnAdmission
from chartstream.events.encounter import ClaimType
from chartstream.events.validation import Grouping
from chartstream.medicare.grouper import Drg, Stay, group, weight
from chartstream.validation.claim import Claim
from chartstream.validation.references import plain

SYSTEM = "MS-DRG"
_ON_THE_CLAIM = frozenset({DiagnosisRole.PRINCIPAL, DiagnosisRole.SECONDARY, DiagnosisRole.EXTERNAL_CAUSE})


def ms_drg(claim: Claim) -> Sequence[Grouping]:
    """The stay's MS-DRG with its relative weight; nothing for other claims, an unknown age, or ungroupable codes.

    Drivers are the principal diagnosis, which every group rests on, and each other code without which the group would
    be another: the only complication, the only operation. Where the discharge disposition is no two-digit code,
    discharge to home is taken.
    """
    stay = _stay(claim)
    found = group(stay) if stay is not None else None
    if stay is None or found is None:
        return ()
    carrying = {stay.principal, *_carrying(stay, found)}
    codes = [*(d.code for d in claim.diagnoses), *(p.code for p in claim.procedures)]
    drivers = tuple(dict.fromkeys(code for code in codes if plain(code) in carrying))
    return (Grouping(system=SYSTEM, value=found.number, weight=weight(found.number, stay.discharged), drivers=drivers),)


def _stay(claim: Claim) -> Stay | None:
    first, day, age = claim.first_listed, claim.day, claim.facts.age_years
    if claim.claim_type is not ClaimType.FACILITY_INPATIENT or first is None or day is None or age is None:
        return None
    others = [d for d in claim.icd10cm if d is not first and d.role in _ON_THE_CLAIM]
    disposition = claim.encounter.discharge_disposition or ""
    return Stay(
        discharged=day,
        age=age,
        sex=claim.facts.sex.value,
        principal=plain(first.code),
        secondary=tuple(plain(d.code) for d in others),
        procedures=tuple(plain(p.code) for p in claim.procedures if p.system is CodeSystem.ICD_10_PCS),
        indicators=tuple(_indicator(d.present_on_admission) for d in (first, *others)),
        discharge_status=int(disposition) if disposition.isdigit() and len(disposition) == 2 else None,
    )


def _indicator(stated: PresentOnAdmission | None) -> str | None:
    return None if stated is None or stated is PresentOnAdmission.EXEMPT else stated.value


def _carrying(stay: Stay, found: Drg) -> Iterator[str]:
    """The secondary diagnoses and procedures whose removal alone changes the group. Only those that the grouper marks
    can: the others need not be tried.
    """
    for place, code in enumerate(stay.secondary):
        if code in found.bearing and _number(_without(stay, place)) != found.number:
            yield code
    for code in stay.procedures:
        fewer = tuple(other for other in stay.procedures if other != code)
        if code in found.bearing and _number(replace(stay, procedures=fewer)) != found.number:
            yield code


def _without(stay: Stay, place: int) -> Stay:
    secondary = (*stay.secondary[:place], *stay.secondary[place + 1 :])
    indicators = (*stay.indicators[: place + 1], *stay.indicators[place + 2 :])
    return replace(stay, secondary=secondary, indicators=indicators)


def _number(stay: Stay) -> str | None:
    found = group(stay)
    return found.number if found is not None else None
