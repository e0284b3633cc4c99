"""Present-on-admission indicators, of inpatient stays alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from chartstream.codesets.model import POA_EXEMPT
from chartstream.events.coding import Diagnosis, DiagnosisRole, PresentOnAdmission
from chartstream.events.validation import Severity
from chartstream.validation.claim import Claim
from chartstream.validation.presence_rules import is_lasting, may_be_exempt, of_delivery
from chartstream.validation.registry import INPATIENT, Hit, Registry

registry = Registry()

# The admitting diagnosis and the reason for the visit are reported without an indicator (UB-04 FL 69 and 70).
_WITHOUT: Final = frozenset({DiagnosisRole.ADMITTING, DiagnosisRole.REASON_FOR_VISIT})


@registry.edit(
    Severity.CORRECTS,
    source="ICD-10-CM Official Guidelines, Appendix I: exempt from reporting; CMS's list of exempt codes of the date",
    remedy="nothing: the code is exempt from present-on-admission reporting",
    example={
        "codes": ["I50.22", {"code": "Z79.4", "poa": "Y"}],
        "claim_type": "FACILITY_INPATIENT",
        "day": "2026-06-15",
    },
    claim_types=INPATIENT,
)
def present_on_admission_exempt(claim: Claim) -> Iterator[Hit]:
    """A code that the list exempts, with an indicator or with none: it becomes exempt."""
    for diagnosis in _reported(claim) if _has_list(claim) else ():
        if diagnosis.present_on_admission is not PresentOnAdmission.EXEMPT and _exempt(claim, diagnosis):
            becomes = diagnosis.model_copy(update={"present_on_admission": PresentOnAdmission.EXEMPT})
            yield Hit(f"{diagnosis.code} is exempt from reporting", (diagnosis.code,), becomes)


@registry.edit(
    Severity.REVIEW,
    source="ICD-10-CM Official Guidelines, Appendix I: present on admission is reported for every diagnosis of a stay",
    remedy="state whether the condition was present on admission",
    example={"codes": ["I50.22"], "claim_type": "FACILITY_INPATIENT"},
    claim_types=INPATIENT,
)
def present_on_admission_missing(claim: Claim) -> Iterator[Hit]:
    """A diagnosis of a stay without an indicator."""
    missing = tuple(d.code for d in _reported(claim) if d.present_on_admission is None and not _exempt(claim, d))
    if missing:
        yield Hit(f"no present-on-admission indicator: {', '.join(missing)}", missing)


@registry.edit(
    Severity.BLOCKS,
    source="ICD-10-CM Official Guidelines, Appendix I; CMS's list of exempt codes of the date",
    remedy="state whether the condition was present on admission: Y, N, U or W",
    example={
        "codes": [{"code": "I50.22", "poa": "EXEMPT"}],
        "claim_type": "FACILITY_INPATIENT",
        "day": "2026-06-15",
    },
    claim_types=INPATIENT,
)
def exempt_indicator_wrong(claim: Claim) -> Iterator[Hit]:
    """A code marked as exempt that the installed list does not exempt."""
    for diagnosis in _marked_exempt(claim):
        if _has_list(claim) and not _exempt(claim, diagnosis):
            yield Hit(f"{diagnosis.code} is not exempt from present-on-admission reporting", (diagnosis.code,))


@registry.edit(
    Severity.REVIEW,
    source="ICD-10-CM Official Guidelines, Appendix I: what kinds of codes CMS's list of exempt codes holds",
    remedy="state whether the condition was present on admission, or install the list of exempt codes of the date",
    example={"codes": [{"code": "I50.22", "poa": "EXEMPT"}], "claim_type": "FACILITY_INPATIENT"},
    claim_types=INPATIENT,
)
def exempt_indicator_doubtful(claim: Claim) -> Iterator[Hit]:
    """A code marked as exempt that is of no kind that can be, where no list is installed."""
    for diagnosis in _marked_exempt(claim):
        if not may_be_exempt(diagnosis.code) and not _has_list(claim):
            yield Hit(f"{diagnosis.code} is of no kind that is exempt from reporting", (diagnosis.code,))


@registry.edit(
    Severity.WARNS,
    source="ICD-10-CM Official Guidelines, Appendix I: the exempt codes are those of CMS's list of the date",
    remedy="install the list of exempt codes (`chartstream codesets import`)",
    example={"codes": ["I50.22", {"code": "Z79.4", "poa": "EXEMPT"}], "claim_type": "FACILITY_INPATIENT"},
    claim_types=INPATIENT,
)
def exempt_indicator_unchecked(claim: Claim) -> Iterator[Hit]:
    """A code marked as exempt, of a kind that can be, where no list is installed to say so."""
    unchecked = tuple(d.code for d in _marked_exempt(claim) if may_be_exempt(d.code))
    if unchecked and not _has_list(claim):
        yield Hit(f"no list of exempt codes is installed for the date: {', '.join(unchecked)}", unchecked)


@registry.edit(
    Severity.REVIEW,
    source="ICD-10-CM Official Guidelines, Appendix I and II: the principal diagnosis occasioned the admission",
    remedy="put the condition that occasioned the admission first, or mark it as present",
    example={"codes": [{"code": "I21.4", "poa": "N"}], "claim_type": "FACILITY_INPATIENT"},
    claim_types=INPATIENT,
)
def principal_not_present(claim: Claim) -> Iterator[Hit]:
    """A principal diagnosis that is said to have arisen during the stay, other than in a delivery."""
    first = claim.first_listed
    if first is None or first.present_on_admission is not PresentOnAdmission.N:
        return
    if not of_delivery(first.code) and not _exempt(claim, first):
        yield Hit(f"{first.code} is principal, but marked as not present on admission", (first.code,))


@registry.edit(
    Severity.REVIEW,
    source="ICD-10-CM Official Guidelines, Appendix I: Y for chronic conditions, even where diagnosed after admission",
    remedy="mark the condition as present on admission, or acknowledge what the documentation says",
    example={
        "codes": [{"code": "I50.22", "poa": "Y"}, {"code": "I10", "poa": "N"}],
        "claim_type": "FACILITY_INPATIENT",
    },
    claim_types=INPATIENT,
)
def lasting_not_present(claim: Claim) -> Iterator[Hit]:
    """A chronic condition that is said to have arisen during the stay."""
    for diagnosis in _reported(claim):
        stated = diagnosis.present_on_admission
        if stated is PresentOnAdmission.N and is_lasting(diagnosis.code) and not _exempt(claim, diagnosis):
            yield Hit(f"{diagnosis.code} does not arise during a stay", (diagnosis.code,))


@registry.edit(
    Severity.WARNS,
    source="ICD-10-CM Official Guidelines, Appendix I: U where the documentation is insufficient; ask the provider",
    remedy="ask the provider whether the condition was present on admission",
    example={"codes": [{"code": "I50.22", "poa": "U"}], "claim_type": "FACILITY_INPATIENT"},
    claim_types=INPATIENT,
)
def present_on_admission_undocumented(claim: Claim) -> Iterator[Hit]:
    """A diagnosis whose indicator says that the documentation does not tell."""
    marked = (d for d in _reported(claim) if d.present_on_admission is PresentOnAdmission.U)
    unclear = tuple(d.code for d in marked if not _exempt(claim, d))
    if unclear:
        yield Hit(f"the documentation does not say whether it was present: {', '.join(unclear)}", unclear)


def _reported(claim: Claim) -> Sequence[Diagnosis]:
    return tuple(d for d in claim.icd10cm if d.role not in _WITHOUT)


def _marked_exempt(claim: Claim) -> Sequence[Diagnosis]:
    return tuple(d for d in _reported(claim) if d.present_on_admission is PresentOnAdmission.EXEMPT)


def _has_list(claim: Claim) -> bool:
    return claim.editions is not None and claim.editions.has(POA_EXEMPT)


def _exempt(claim: Claim, diagnosis: Diagnosis) -> bool:
    return claim.editions is not None and bool(claim.editions.poa_exempt(diagnosis.code))
