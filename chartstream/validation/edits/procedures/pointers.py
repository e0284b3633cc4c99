"""Procedure lines: what justifies them, and how many diagnoses a claim form holds."""

from __future__ import annotations

from collections.abc import Iterator

from chartstream.events.encounter import ClaimType
from chartstream.events.validation import Severity
from chartstream.validation.claim import Claim
from chartstream.validation.registry import Hit, Registry

registry = Registry()

_MAX_POINTERS = 4
_MAX_DIAGNOSES = {
    ClaimType.PROFESSIONAL: 12,
    ClaimType.FACILITY_OUTPATIENT: 25,
    ClaimType.FACILITY_INPATIENT: 25,
}


@registry.edit(
    Severity.BLOCKS,
    source="NUCC 1500 claim form instructions, item 24E; ASC X12N 837P SV107: up to four pointers to listed diagnoses",
    remedy="point each procedure to the diagnoses that justify it",
    example={"codes": ["I10"], "procedures": [{"code": "99213", "pointers": [2]}]},
)
def pointers_broken(claim: Claim) -> Iterator[Hit]:
    """A pointer to no diagnosis, the same pointer twice, more than four, or none on a professional claim."""
    known = {d.sequence for d in claim.diagnoses}
    for line in claim.procedures:
        pointers = line.diagnosis_pointers
        if not set(pointers) <= known:
            yield Hit(f"{line.code} points to a diagnosis that is not listed", (line.code,))
        if len(set(pointers)) != len(pointers):
            yield Hit(f"{line.code} points to one diagnosis twice", (line.code,))
        if len(pointers) > _MAX_POINTERS:
            yield Hit(f"{line.code} points to {len(pointers)} diagnoses, four are allowed", (line.code,))
        if not pointers and claim.claim_type is ClaimType.PROFESSIONAL:
            yield Hit(f"{line.code} points to no diagnosis", (line.code,))


@registry.edit(
    Severity.REVIEW,
    source="ASC X12N 837P and 837I, HI segment: 12 diagnoses on a professional, 25 on an institutional claim",
    remedy="keep the diagnoses that matter most to this encounter",
    example={
        "codes": [
            "I10",
            "E78.5",
            "E11.9",
            "K21.9",
            "M54.50",
            "F41.9",
            "E03.9",
            "N40.0",
            "L40.0",
            "D50.9",
            "G47.33",
            "R05.9",
            "H40.9",
        ]
    },
)
def too_many_diagnoses(claim: Claim) -> Iterator[Hit]:
    """More diagnoses than the claim holds."""
    limit = _MAX_DIAGNOSES[claim.claim_type]
    if len(claim.diagnoses) > limit:
        yield Hit(f"{len(claim.diagnoses)} diagnoses are listed, the claim holds {limit}")


@registry.edit(
    Severity.WARNS,
    source="ICD-10-CM Official Guidelines, Appendix I: present-on-admission reporting",
    remedy="state whether the condition was present on admission",
    example={"codes": ["I50.22"], "claim_type": "FACILITY_INPATIENT"},
)
def present_on_admission_missing(claim: Claim) -> Iterator[Hit]:
    """A diagnosis of an inpatient stay without its present-on-admission indicator."""
    if claim.claim_type is ClaimType.FACILITY_INPATIENT:
        missing = tuple(d.code for d in claim.diagnoses if d.present_on_admission is None)
        if missing:
            yield Hit("diagnoses have no present-on-admission indicator", missing)
