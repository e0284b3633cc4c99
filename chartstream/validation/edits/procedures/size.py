"""How many diagnoses and lines a claim holds."""

from __future__ import annotations

from collections.abc import Iterator

from chartstream.events.coding import DiagnosisRole
from chartstream.events.encounter import ClaimType
from chartstream.events.validation import Severity
from chartstream.validation.claim import Claim
from chartstream.validation.edits.procedures.lines import PROFESSIONAL, lines_of
from chartstream.validation.registry import Hit, Registry

registry = Registry()

_MAX_DIAGNOSES = {
    ClaimType.PROFESSIONAL: 12,
    ClaimType.FACILITY_OUTPATIENT: 25,
    ClaimType.FACILITY_INPATIENT: 25,
}
_MAX_LINES = {
    ClaimType.PROFESSIONAL: 50,
    ClaimType.FACILITY_OUTPATIENT: 999,
    ClaimType.FACILITY_INPATIENT: 999,
}
# An institutional claim has fields of their own for these.
_OWN_FIELDS = frozenset({DiagnosisRole.ADMITTING, DiagnosisRole.REASON_FOR_VISIT, DiagnosisRole.EXTERNAL_CAUSE})


@registry.edit(
    Severity.REVIEW,
    source="ASC X12N 837P and 837I, HI segment: 12 diagnoses on a professional, 25 on an institutional claim, which "
    "has fields of their own for admitting diagnosis, reason for visit and external causes",
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
    listed = [d for d in claim.diagnoses if d.role not in _OWN_FIELDS or claim.claim_type in PROFESSIONAL]
    if len(listed) > limit:
        yield Hit(f"{len(listed)} diagnoses are listed, the claim holds {limit}")


@registry.edit(
    Severity.BLOCKS,
    source="ASC X12N 837P loop 2400 and 837I loop 2400: 50 and 999 service lines",
    remedy="divide the services between claims",
    example={"codes": ["I10"], "procedures": [{"code": "93000", "modifiers": ["76"]}] * 51},
)
def too_many_lines(claim: Claim) -> Iterator[Hit]:
    """More service lines than the claim holds. ICD-10-PCS codes are no service lines."""
    limit = _MAX_LINES[claim.claim_type]
    if len(lines_of(claim).every) > limit:
        yield Hit(f"{len(lines_of(claim).every)} service lines are listed, the claim holds {limit}")
