"""The same thing said twice, and the parts that diagnoses have on a claim."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import permutations

from chartstream.events.coding import DiagnosisRole
from chartstream.events.encounter import ClaimType
from chartstream.events.validation import Severity
from chartstream.validation.claim import ASKED_FOR_APART, Claim
from chartstream.validation.registry import Hit, Registry

registry = Registry()

_EXTERNAL_CAUSES = ("V", "W", "X", "Y")
_ON_EVERY_CLAIM = frozenset({DiagnosisRole.PRINCIPAL, DiagnosisRole.SECONDARY, DiagnosisRole.OTHER})
# How many diagnoses a form holds in a part, and the claims whose form has it.
_PARTS = {
    DiagnosisRole.ADMITTING: (1, frozenset({ClaimType.FACILITY_INPATIENT})),
    DiagnosisRole.REASON_FOR_VISIT: (3, frozenset({ClaimType.FACILITY_OUTPATIENT})),
}


@registry.edit(
    Severity.BLOCKS,
    source="ICD-10-CM Official Guidelines I.B.12: each unique code is reported once for an encounter",
    remedy="remove the repetition",
    example={"codes": ["I10", "E78.5", "I10"]},
)
def code_repeated(claim: Claim) -> Iterator[Hit]:
    """The same diagnosis code twice; an admitting diagnosis and a reason for the visit may repeat one."""
    listed = [(d.code, d.system, _apart(d.role)) for d in claim.diagnoses]
    if len(set(listed)) == len(listed):
        return
    for (code, _, _), count in Counter(listed).items():
        if count > 1:
            yield Hit(f"{code} is listed {count} times", (code,))


@registry.edit(
    Severity.BLOCKS,
    source="Medicare Claims Processing Manual (Pub. 100-04), chapter 25, section 75.6: form locators 69, 70 and 72",
    remedy="give the diagnosis the part that the form has for it, or leave it out",
    example={"codes": ["I10", {"code": "R07.9", "role": "ADMITTING"}]},
)
def role_misplaced(claim: Claim) -> Iterator[Hit]:
    """A part that the claim does not have, more diagnoses in it than it holds, or an external cause that is none."""
    if {d.role for d in claim.diagnoses} <= _ON_EVERY_CLAIM:
        return
    for role, (most, claim_types) in _PARTS.items():
        codes = tuple(d.code for d in claim.diagnoses if d.role is role)
        if codes and claim.claim_type not in claim_types:
            yield Hit(f"a claim of this type has no diagnosis as {_named(role)}", codes)
        elif len(codes) > most:
            yield Hit(f"{len(codes)} diagnoses are marked as {_named(role)}, the form holds {most}", codes)
    for diagnosis in claim.icd10cm:
        if diagnosis.role is DiagnosisRole.EXTERNAL_CAUSE and not diagnosis.code.startswith(_EXTERNAL_CAUSES):
            yield Hit(f"{diagnosis.code} is marked as external cause and is none", (diagnosis.code,))


@registry.edit(
    Severity.REVIEW,
    source="ICD-10-CM Official Guidelines I.B.2: the most specific code replaces the category above it",
    remedy="keep the more specific code",
    example={"codes": ["E11.9", "E11"]},
)
def parent_with_child(claim: Claim) -> Iterator[Hit]:
    """A code together with one below it."""
    if len({code[:3] for code in claim.reported}) == len(claim.reported):
        return
    for above, below in permutations(claim.reported, 2):
        if below.startswith(above):
            parent, child = claim.reported[above], claim.reported[below]
            yield Hit(f"{child} is a more specific form of {parent}", (parent, child))


def _apart(role: DiagnosisRole) -> DiagnosisRole | None:
    return role if role in ASKED_FOR_APART else None


def _named(role: DiagnosisRole) -> str:
    return role.value.lower().replace("_", " ")
